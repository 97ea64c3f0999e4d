"""Numbers about series and forecasts that need no model: errors, intervals, tests, leaks."""
