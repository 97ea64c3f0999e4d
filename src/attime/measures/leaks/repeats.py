"""The same values twice: a stretch of the test part that stands in the training part, a series under two names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float64, UInt64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel

LENGTH = 24  # steps that agree to the last digit
DIFFERENT = 12  # values among them, at least: counts and resting series repeat themselves honestly
SAME = 0.9


def repeated_stretch(panel: Panel) -> Iterator[Finding]:
    """Find stretches of the target that stand in the training part and again in the test part, in any series.

    A stretch that comes twice within one series of the training part is no news: the series is periodic.
    """
    if panel.train_until is None:
        return
    train, test = list[UInt64[np.ndarray, " window"]](), list[tuple[str, UInt64[np.ndarray, " window"]]]()
    for one in panel.series:
        trained = one.time <= panel.train_until
        y = one.values[panel.target]
        train.append(_marks(y[trained]))
        test.append((one.name, _marks(y[~trained])))
    if not train:
        return
    often = [marks[counts > 1] for marks, counts in (np.unique(part, return_counts=True) for part in train)]
    known = np.setdiff1d(np.concatenate(train), np.concatenate(often))
    for name, marks in test:
        again = np.isin(marks, known)
        if again.any():
            evidence = (
                f"{int(again.sum())} of {len(marks)} windows of {LENGTH} values of {panel.target!r} in the test part "
                "stand in the training part, too, to the last digit."
            )
            yield Finding("repeated_stretch", None, (name,), "certain", float(again.mean()), evidence)


def duplicate_series(panel: Panel) -> Iterator[Finding]:
    """Find pairs of series of which at least 9 of 10 windows agree, at whatever times."""
    marks = [np.unique(_marks(one.values[panel.target])) for one in panel.series]
    if not marks:
        return
    every, counts = np.unique(np.concatenate(marks), return_counts=True)
    twice = [np.intersect1d(part, every[counts > 1], assume_unique=True) for part in marks]
    for i, first in enumerate(twice):
        for j in range(i if len(first) else 0):
            fewer = min(len(marks[i]), len(marks[j]))
            shared = len(np.intersect1d(first, twice[j], assume_unique=True)) / fewer if fewer else 0.0
            if shared >= SAME:
                evidence = f"{100 * shared:.3g} % of the windows of {LENGTH} values of {panel.target!r} are the same."
                names = (panel.series[j].name, panel.series[i].name)
                yield Finding("duplicate_series", None, names, "certain", shared, evidence)


def _marks(values: Float64[np.ndarray, " time"]) -> UInt64[np.ndarray, " window"]:
    """Return a number for each window without gaps that tells it from any other, but for one chance in 10¹⁹."""
    if len(values) < LENGTH:
        return np.zeros(0, np.uint64)
    bits = (values + 0.0).view(np.uint64)  # + 0.0 makes one zero of two
    bits = (bits ^ (bits >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    bits = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xC4CEB9FE1A85EC53)
    weights = np.array([pow(0x9E3779B97F4A7C15, k, 2**64) for k in range(1, LENGTH + 1)], np.uint64)
    sums = (np.lib.stride_tricks.sliding_window_view(bits, LENGTH) * weights).sum(axis=1, dtype=np.uint64)
    return sums[_telling(values)]


def _telling(values: Float64[np.ndarray, " time"]) -> Bool[np.ndarray, " window"]:
    """Tell which windows are complete and hold enough different values."""
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(values, LENGTH), axis=1)
    return np.isfinite(windows).all(axis=1) & ((np.diff(windows, axis=1) > 0).sum(axis=1) + 1 >= DIFFERENT)
