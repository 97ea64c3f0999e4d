"""What the benchmarks of detection share."""
