"""The naive forecasts, which know nothing but the recent past: what a model has to beat.

A context of shape (window, time), or (time,) for one, with NaN for what is missing, becomes a forecast of shape
(window, step). A window without a single value gets NaN. Formulae: Hyndman & Athanasopoulos (2021), "Forecasting:
principles and practice", 3rd edition, section 5.2, https://otexts.com/fpp3/simple-methods.html; T is the last step of
the context and h counts the steps ahead.
"""

from __future__ import annotations

import math
import warnings
from typing import Protocol

import numpy as np
from jaxtyping import Float, Float64

from attime.errors import DataError, DataWarning
from attime.measures.forecasting.checks import check_count
from attime.measures.forecasting.missing import mean_of_existing


class Naive(Protocol):
    """What all naive forecasts share; `period`, the steps of a season, is read by `seasonal_last_value` alone."""

    def __call__(
        self, contexts: Float[np.ndarray, "*window time"], n_steps: int, *, period: int = 1
    ) -> Float64[np.ndarray, "*window step"]:
        """Return the forecasts of the `n_steps` after the contexts."""


def last_value(
    contexts: Float[np.ndarray, "*window time"], n_steps: int, *, period: int = 1
) -> Float64[np.ndarray, "*window step"]:
    """Return the last value that exists, for every step ahead: ŷ_(T + h) = y_T.

    Examples
    --------
    >>> last_value(np.array([1.0, 3.0, np.nan]), 2)
    array([3., 3.])
    """
    contexts = _checked(contexts, n_steps, period)
    return np.repeat(_at(contexts, _last(contexts)), n_steps, axis=-1)


def seasonal_last_value(
    contexts: Float[np.ndarray, "*window time"], n_steps: int, *, period: int = 1
) -> Float64[np.ndarray, "*window step"]:
    """Return the value of the same place in the last season: ŷ_(T + h) = y_(T + h − m), m = `period`, and so on.

    Where it is missing, that of the season before, and so on; the last value where there is none at all.

    Warns
    -----
    DataWarning
        If the contexts are shorter than a season: then every step is the last value.

    Examples
    --------
    >>> seasonal_last_value(np.array([9.0, 1.0, 2.0, 3.0, np.nan]), 4, period=2)
    array([2., 3., 2., 3.])
    """
    contexts = _checked(contexts, n_steps, period)
    n_times = contexts.shape[-1]
    fallback = last_value(contexts, n_steps)
    if period > n_times:
        warnings.warn(
            f"period={period} arrived with contexts of {n_times} steps, expected one season at least: the seasonal "
            "naive forecast falls back to the last value; give longer contexts",
            DataWarning,
            stacklevel=2,
        )
        return fallback
    n_seasons = math.ceil(n_times / period)
    ahead = [(0, 0)] * (contexts.ndim - 1) + [(n_seasons * period - n_times, 0)]
    seasons = np.pad(contexts, ahead, constant_values=np.nan).reshape(*contexts.shape[:-1], n_seasons, period)
    by_place = np.swapaxes(seasons, -1, -2)
    season = _at(by_place, _last(by_place))[..., 0]
    found = season[..., np.arange(n_steps) % period]
    return np.where(np.isnan(found), fallback, found)


def drift(
    contexts: Float[np.ndarray, "*window time"], n_steps: int, *, period: int = 1
) -> Float64[np.ndarray, "*window step"]:
    """Return the line through the first and the last value that exist: ŷ_(T + h) = y_T + h (y_T − y_1) / (T − 1).

    One value alone has no slope, and is the forecast.

    Examples
    --------
    >>> drift(np.array([1.0, 4.0, 3.0]), 2)
    array([4., 5.])
    """
    contexts = _checked(contexts, n_steps, period)
    n_times = contexts.shape[-1]
    first, last = n_times - 1 - _last(contexts[..., ::-1]), _last(contexts)
    slope = (_at(contexts, last) - _at(contexts, first)) / np.maximum(last - first, 1)
    return _at(contexts, last) + slope * (n_times + np.arange(n_steps) - last)


def mean(
    contexts: Float[np.ndarray, "*window time"], n_steps: int, *, period: int = 1
) -> Float64[np.ndarray, "*window step"]:
    """Return the mean of the context, for every step ahead.

    Examples
    --------
    >>> mean(np.array([[1.0, 3.0, np.nan], [np.nan, np.nan, np.nan]]), 2)
    array([[ 2.,  2.],
           [nan, nan]])
    """
    contexts = _checked(contexts, n_steps, period)
    return np.repeat(mean_of_existing(contexts, axis=-1)[..., np.newaxis], n_steps, axis=-1)


NAIVE: dict[str, Naive] = {
    "last_value": last_value,
    "seasonal_last_value": seasonal_last_value,
    "drift": drift,
    "mean": mean,
}


def naive_forecasts(
    contexts: Float[np.ndarray, "window time"], n_steps: int, *, period: int = 1
) -> dict[str, Float64[np.ndarray, "window step"]]:
    """Return every naive forecast by its name in `NAIVE`; without a season (`period` 1) not the seasonal one.

    Examples
    --------
    >>> found = naive_forecasts(np.array([[1.0, 2.0, 3.0]]), 1)
    >>> {name: forecast.item() for name, forecast in found.items()}
    {'last_value': 3.0, 'drift': 4.0, 'mean': 2.0}
    """
    return {
        name: naive(contexts, n_steps, period=period)
        for name, naive in NAIVE.items()
        if period > 1 or name != "seasonal_last_value"
    }


def _checked(contexts: np.ndarray, n_steps: int, period: object) -> Float64[np.ndarray, "*window time"]:
    check_count(n_steps, "n_steps")
    check_count(period, "period")
    contexts = np.asarray(contexts, dtype=np.float64)
    if contexts.shape[-1] == 0 or np.isinf(contexts).any():
        what = "infinite numbers" if contexts.shape[-1] else "no steps"
        raise DataError(
            f"contexts of shape {contexts.shape} with {what} arrived, expected finite numbers of at least one step; "
            "use NaN for what is missing"
        )
    return contexts


def _last(values: np.ndarray) -> np.ndarray:
    """Return the place of the last value that exists on the last axis, which stays; 0 where there is none."""
    return np.where(np.isnan(values), 0, np.arange(values.shape[-1])).max(axis=-1, keepdims=True)


def _at(values: np.ndarray, place: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, place, axis=-1)
