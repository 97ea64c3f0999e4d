"""Pictures of forecasts: with their limits, where they were made from, and how they stand beside naive ones."""

from __future__ import annotations

from attime.plot.forecasting.activation import plot_activation
from attime.plot.forecasting.backtest import plot_backtest
from attime.plot.forecasting.errors import plot_errors_by_step
from attime.plot.forecasting.forecast import plot_forecast
from attime.plot.forecasting.importance import plot_importance
from attime.plot.forecasting.look_back import plot_look_back
from attime.plot.forecasting.verdict import plot_verdict

__all__ = [
    "plot_activation",
    "plot_backtest",
    "plot_errors_by_step",
    "plot_forecast",
    "plot_importance",
    "plot_look_back",
    "plot_verdict",
]
