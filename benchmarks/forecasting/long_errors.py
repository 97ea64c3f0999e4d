"""Errors in all windows of a test, some origins at a time, so that memory does not grow with the test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from common import Row
from jaxtyping import Float64

from attime.estimators.forecasting import AttentionForecaster, Backtest
from forecasting.long_data import LongSeries

BLOCK = 400  # origins that are forecast at a time


def blocks(forecaster: AttentionForecaster, series: LongSeries, horizon: int) -> Iterator[Backtest]:
    """Forecast from every origin of the test whose steps ahead are all known."""
    first, last = len(series.wide) - series.n_test, len(series.wide) - horizon
    for start in range(first, last + 1, BLOCK):
        end = min(start + BLOCK, last + 1)
        yield forecaster.backtest(series.until(end - 1 + horizon), n_windows=end - start, adaptive=False)


def last_values(series: LongSeries, horizon: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return what happened from each origin of the test, and the last value before it, step after step."""
    values = series.wide.to_numpy()
    first, last = len(values) - series.n_test, len(values) - horizon
    for step in range(horizon):
        yield values[first + step : last + step + 1], values[first - 1 : last]


def errors_of(parts: Iterable[tuple[Float64[np.ndarray, "*shape"], Float64[np.ndarray, "*shape"]]]) -> Row:
    """Return the mean squared and the mean absolute error over parts, each what happened and what was forecast.

    >>> errors_of([(np.array([1.0, 3.0]), np.array([1.0, 1.0])), (np.array([2.0]), np.array([0.0]))])
    {'mse': 2.6666666666666665, 'mae': 1.3333333333333333, 'n_values': 3}
    """
    squares = absolute = 0.0
    n_values = 0
    for actual, forecast in parts:
        left = actual - forecast
        squares, absolute = squares + float(np.square(left).sum()), absolute + float(np.abs(left).sum())
        n_values += left.size
    return {"mse": squares / n_values, "mae": absolute / n_values, "n_values": n_values}
