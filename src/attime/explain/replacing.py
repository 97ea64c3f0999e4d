"""Taking steps away from series: the ways in which a step can be made to say nothing.

What a classifier does without a step depends on what stands in its place, so no way is the right one. A mean or a
straight line may look like nothing the classifier has seen; another series' values look natural, but speak themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Int

from attime.data import SeriesSet
from attime.errors import OptionError

#: From series, the steps to be taken away, and a generator for ways that draw, to series without what stood there.
Replacement = Callable[[SeriesSet, Bool[np.ndarray, "case time"], np.random.Generator], SeriesSet]


def delete(series: SeriesSet, steps: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> SeriesSet:
    """Cut the steps out: what is left moves together, and the series are shorter.

    Times and numbers stay with the steps that they belong to, as in Early et al. 2024, and steps at which nothing was
    measured stay too, unless they are chosen. One step at least must be left of each case.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 2.0, 3.0]])
    >>> delete(series, np.array([[False, True, False]]), np.random.default_rng()).values
    array([[[1., 3.]]])
    """
    kept = (np.arange(series.n_steps) < series.lengths[:, np.newaxis]) & ~steps
    n_kept = kept.sum(axis=1)
    order = np.argsort(~kept, axis=1, kind="stable")[:, : max(1, int(n_kept.max()))]
    last = np.minimum(np.arange(order.shape[1]), np.maximum(n_kept - 1, 0)[:, np.newaxis])
    still = np.take_along_axis(kept, order, axis=1)
    values = np.take_along_axis(series.values, order[:, np.newaxis], axis=2)
    left = np.take_along_axis(order, last, axis=1)  # after the end the last one stands, as in any set of series
    return replace(
        series,
        values=np.where(still[:, np.newaxis], values, np.nan).astype(values.dtype),
        truth=None if series.truth is None else np.take_along_axis(series.truth, order, axis=1) & still,
        times=None if series.times is None else np.take_along_axis(series.times, left, axis=1),
        steps=left.astype(np.float64) if series.steps is None else np.take_along_axis(series.steps, left, axis=1),
    )


def hide(series: SeriesSet, steps: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> SeriesSet:
    """Say that nothing was measured at the steps: the masks of the network do the rest.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 2.0, 3.0]])
    >>> hide(series, np.array([[False, True, False]]), np.random.default_rng()).values
    array([[[ 1., nan,  3.]]])
    """
    return _with(series, steps, np.full_like(series.values, np.nan))


def another_of_each(n_cases: int, rng: np.random.Generator) -> Int[np.ndarray, " case"]:
    """Draw for each of two cases or more another one.

    Examples
    --------
    >>> another_of_each(2, np.random.default_rng(0))
    array([1, 0])
    """
    return (np.arange(n_cases) + rng.integers(1, n_cases, n_cases)) % n_cases


def mean_of_channels(series: SeriesSet) -> Float[np.ndarray, "case channel 1"]:
    """Return the mean of what was observed in each channel of each case; NaN where nothing was."""
    count = series.observed.sum(axis=2, keepdims=True)
    total = np.where(series.observed, series.values, 0).sum(axis=2, keepdims=True, dtype=np.float64)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def put_mean(series: SeriesSet, steps: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> SeriesSet:
    """Put the mean of the series' own channel.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 2.0, 6.0]])
    >>> put_mean(series, np.array([[False, True, False]]), np.random.default_rng()).values
    array([[[1., 3., 6.]]])
    """
    return _with(series, steps, np.broadcast_to(mean_of_channels(series), series.values.shape))


def put_line(series: SeriesSet, steps: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> SeriesSet:
    """Put a straight line between the neighbours that are left; beyond the last of them, its value.

    The line is straight in time, where times are known. Where no neighbour is left, the mean of the channel stands in.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 9.0, 3.0]])
    >>> put_line(series, np.array([[False, True, False]]), np.random.default_rng()).values
    array([[[1., 2., 3.]]])
    """
    values = put_mean(series, steps, rng).values.astype(np.float64)
    time = series.steps if series.times is None else series.times
    if time is None:
        time = np.tile(np.arange(series.n_steps, dtype=np.float64), (len(series), 1))
    left = series.observed & ~steps[:, np.newaxis]
    for case, channel in np.argwhere(left.any(axis=2) & ~left.all(axis=2)):
        known = left[case, channel]
        values[case, channel] = np.interp(time[case], time[case, known], values[case, channel, known])
    return _with(series, steps, values)


def put_other(series: SeriesSet, steps: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> SeriesSet:
    """Put what another series of the set, drawn at random, has at the same steps.

    Where the other series has nothing, nothing was measured.

    Examples
    --------
    >>> series = SeriesSet.of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> put_other(series, np.array([[False, True, False], [False, False, False]]), np.random.default_rng(0)).values[0]
    array([[1., 5., 3.]])
    """
    if len(series) < 2:
        raise OptionError(
            "to put in what other series have, others are needed, but there is one case only; explain more cases, or "
            "choose another replacement"
        )
    return _with(series, steps, series.values[another_of_each(len(series), rng)])


REPLACEMENTS: dict[str, Replacement] = {
    "delete": delete,
    "missing": hide,
    "mean": put_mean,
    "interpolation": put_line,
    "other": put_other,
}


def _with(
    series: SeriesSet, steps: Bool[np.ndarray, "case time"], values: Float[np.ndarray, "case channel time"]
) -> SeriesSet:
    """Return the series with other values at the steps, where there was something before."""
    changed = steps[:, np.newaxis] & series.observed
    return replace(series, values=np.where(changed, values, series.values).astype(series.values.dtype))
