"""For classifiers that take neither gaps nor unequal lengths: series without either, by straight lines."""

from __future__ import annotations

import numpy as np

from attime.data import SeriesSet

SHORTEST = 9  # MiniRocket's kernels are that long


def is_whole(train: SeriesSet, test: SeriesSet) -> bool:
    """Say whether all series are as long as each other, long enough, and nowhere missing."""
    observed = train.observed.all() and test.observed.all()
    return bool(observed and train.n_steps == test.n_steps >= SHORTEST)


def filled(train: SeriesSet, test: SeriesSet) -> tuple[SeriesSet, SeriesSet]:
    """Return both parts as long as the longest series, gaps on a straight line, ends as the nearest value.

    A channel of which nothing was observed becomes zero.
    """
    n_steps = max(train.n_steps, test.n_steps, SHORTEST)
    return tuple(SeriesSet.of(filled_values(part.values, n_steps), part.labels) for part in (train, test))  # type: ignore[return-value]


def filled_values(values: np.ndarray, n_steps: int) -> np.ndarray:
    """Return an array (case, channel, `n_steps`) without NaN."""
    steps = np.arange(n_steps)
    result = np.zeros((*values.shape[:2], n_steps), dtype=values.dtype)
    for case, channel in np.ndindex(*values.shape[:2]):
        known = np.flatnonzero(~np.isnan(values[case, channel]))
        if len(known):
            result[case, channel] = np.interp(steps, known, values[case, channel, known])
    return result


def deleted(series: SeriesSet, share: float, rng: np.random.Generator) -> SeriesSet:
    """Return the series without a random `share` of their values; one value of each case always stays."""
    lost = rng.random(series.values.shape) < share
    for case, observed in enumerate(series.observed):
        if not (observed & ~lost[case]).any():
            channel, step = rng.choice(np.argwhere(observed))
            lost[case, channel, step] = False
    return SeriesSet.of(np.where(lost, np.nan, series.values), series.labels)
