"""The course of a backtest: how wrong forecasts were from origin to origin, and single series with what happened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from attime.estimators.forecasting import Backtest, Forecast
from attime.measures.forecasting import naive_forecasts
from attime.report.forecasting.data import ErrorsByOrigin, ShownStretch
from attime.report.forecasting.times import times_in_words

MOST_STEPS = 500  # of a series
MOST_ORIGINS = 400


def last_of_each(backtest: Backtest) -> tuple[Forecast, np.ndarray]:
    """Return the latest forecast of each series, and what happened."""
    _, last = np.unique(np.array(backtest.forecast.series)[::-1], return_index=True)
    which = np.zeros(len(backtest.forecast), dtype=bool)
    which[len(which) - 1 - last] = True
    return backtest.forecast.some(which), backtest.actual[which]


def stretches_of(backtest: Backtest, names: Sequence[str]) -> tuple[ShownStretch, ...]:
    """Return the last part of the backtest of each of these series."""
    return tuple(_stretch(backtest.some(np.array(backtest.forecast.series) == name), name) for name in names)


def _stretch(own: Backtest, name: str) -> ShownStretch:
    horizon = own.actual.shape[1]
    last = int(own.origins[-1])
    chosen = [len(own.origins) - 1]
    for case in range(len(own.origins) - 2, -1, -1):
        if last - own.origins[case] > MOST_STEPS:
            break
        if own.origins[chosen[-1]] - own.origins[case] >= horizon:
            chosen.append(case)
    chosen.reverse()
    first = int(own.origins[chosen[0]])
    length = last - first + horizon
    actual, times = np.full(length, np.nan), np.full(length, "", dtype=object)
    words = np.array(times_in_words(own.forecast.stamps.reshape(-1)), dtype=object).reshape(own.actual.shape)
    for case in range(chosen[0], len(own.origins)):
        start = int(own.origins[case]) - first
        actual[start : start + horizon], times[start : start + horizon] = own.actual[case], words[case]
    widest = int(np.argmax(own.forecast.coverage))
    return ShownStretch(
        series=name,
        times=tuple(times.tolist()),
        actual=actual,
        starts=tuple(int(own.origins[case]) - first for case in chosen),
        values=own.forecast.values[chosen],
        low=own.forecast.low[widest, chosen],
        high=own.forecast.high[widest, chosen],
    )


def errors_by_origin(backtest: Backtest, naive: str) -> ErrorsByOrigin:
    """Return the mean absolute errors of the forecasts from each origin, those of many next to each other as a mean."""
    horizon = backtest.actual.shape[1]
    beside = naive_forecasts(backtest.contexts, horizon, period=backtest.period)[naive]
    errors = {
        "model": np.abs(backtest.actual - backtest.forecast.values),
        naive: np.abs(backtest.actual - beside),
    }
    table = pd.DataFrame({name: pd.DataFrame(found).mean(axis=1) for name, found in errors.items()})
    table = table.groupby(backtest.forecast.stamps[:, 0]).mean().dropna()
    width = -(-len(table) // MOST_ORIGINS)
    times = times_in_words(table.index.to_numpy()[::width])
    table = table.groupby(np.arange(len(table)) // width).mean()
    return ErrorsByOrigin(times, ("model", naive), table.to_numpy().T)
