"""What the benchmarks of forecasts share: their data with the splits that published figures are from, and pictures."""
