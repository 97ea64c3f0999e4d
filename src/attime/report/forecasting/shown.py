"""Forecasts on a page: how many series it holds, and how finely each is drawn."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from attime.errors import OptionError
from attime.estimators.forecasting import Forecast
from attime.report.forecasting.data import ShownForecasts
from attime.report.forecasting.times import times_in_words
from attime.report.thin import extremes, means, sums, width_for

MOST_BINS = 360  # of the past
MOST_LOOK_STEPS = 48  # of the steps ahead, in the figure of where the network looked
MOST_NUMBERS = 1_200_000  # at two bytes each, as text, about 3.2 MB


def show_forecasts(forecast: Forecast, actual: Float[np.ndarray, "case step"], max_series: int) -> ShownForecasts:
    """Thin forecasts to what a page holds.

    Parameters
    ----------
    forecast
        A case for each series.
    actual
        What happened; NaN where that is not known.
    max_series
        How many series at most, evenly picked; fewer if they need much room.

    Raises
    ------
    OptionError
        If `max_series` is below 1.
    """
    if max_series < 1:
        raise OptionError(f"{max_series} series were asked for, expected how many a page is to show; give 1 or more")
    n_cases, n_steps = forecast.values.shape
    width = width_for(forecast.past.shape[1], MOST_BINS)
    steps = _evenly(n_steps, MOST_LOOK_STEPS)
    n_bins = -(-forecast.past.shape[1] // width)
    room = MOST_NUMBERS // (n_bins * (2 + len(forecast.maps) * len(steps)) + 6 * n_steps)
    which = _evenly(n_cases, max(1, min(max_series, room)))
    some = forecast.some(np.isin(np.arange(n_cases), which))
    modules = {name: some.activation(name) for name in ("activation", "input")}
    return ShownForecasts(
        series=some.series,
        width=width,
        past=extremes(some.past, width),
        past_times=tuple(times_in_words(own[::width]) for own in some.past_stamps),
        ahead_times=tuple(times_in_words(own) for own in some.stamps),
        values=some.values,
        actual=actual[which],
        low=some.low,
        high=some.high,
        coverage=some.coverage,
        looks={name: sums(weights[:, steps], width) for name, weights in some.looks.items()},
        look_steps=steps,
        modules={name: means(values.swapaxes(1, 2), width) for name, values in modules.items() if values is not None},
    )


def _evenly(n: int, at_most: int) -> Int[np.ndarray, " chosen"]:
    return np.unique(np.linspace(0, n - 1, min(n, at_most)).round().astype(int))
