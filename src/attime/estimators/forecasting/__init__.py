"""Forecasting with scikit-learn's manners."""

from __future__ import annotations

from attime.estimators.forecasting.backtest import Backtest
from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.forecaster import AttentionForecaster

__all__ = ["AttentionForecaster", "Backtest", "Forecast"]
