"""How good forecasts are: errors, intervals that keep their promise, and a verdict beside the naive forecasts.

A backtest is a set of windows: ``actual`` and ``forecast`` of shape (window, step), quantiles of shape (window, step,
level). The windows of several series stand below each other. NaN means missing.
"""

from __future__ import annotations

from attime.measures.forecasting.adaptive import adapted_miss_share, adaptive_offsets
from attime.measures.forecasting.errors import ForecastErrors, forecast_errors
from attime.measures.forecasting.intervals import conformal_quantile, conformalised_quantiles, split_conformal
from attime.measures.forecasting.judge import forecast_verdict
from attime.measures.forecasting.losses import MEASURES, mase_scale
from attime.measures.forecasting.naive import NAIVE, drift, last_value, mean, naive_forecasts, seasonal_last_value
from attime.measures.forecasting.significance import DieboldMariano, diebold_mariano
from attime.measures.forecasting.verdict import ForecastVerdict

__all__ = [
    "MEASURES",
    "NAIVE",
    "DieboldMariano",
    "ForecastErrors",
    "ForecastVerdict",
    "adapted_miss_share",
    "adaptive_offsets",
    "conformal_quantile",
    "conformalised_quantiles",
    "diebold_mariano",
    "drift",
    "forecast_errors",
    "forecast_verdict",
    "last_value",
    "mase_scale",
    "mean",
    "naive_forecasts",
    "seasonal_last_value",
    "split_conformal",
]
