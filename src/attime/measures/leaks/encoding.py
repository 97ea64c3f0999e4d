"""Columns that hold, for each hour, weekday, month or phase, the mean of all target values there: target encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, Series, period_of, varies

SAME = 0.99  # of the rows
LONGEST = 400  # steps of a period
REPEATED = 3  # values of a group, on average
STATISTICS: tuple[Literal["mean", "median", "max", "min", "std", "sum"], ...] = (
    "mean",
    "median",
    "max",
    "min",
    "std",
    "sum",
)
CALENDAR: dict[str, Callable[[pd.DatetimeIndex], pd.Index]] = {
    "hour": lambda times: times.hour,
    "weekday": lambda times: times.day_of_week,
    "hour of the week": lambda times: times.day_of_week * 24 + times.hour,
    "month": lambda times: times.month,
    "day of the month": lambda times: times.day,
    "day of the year": lambda times: times.day_of_year,
}


def encoding_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that equal a statistic of the target over all rows of the same group: of a series, or of all.

    Groups are those of the calendar, and the phases of the period with which the column repeats itself. For these the
    mean of what deviates from a centred moving average is tried as well: the season of a classical decomposition.
    """
    pooled = [] if len(panel.series) < 2 else [_joined(panel.series, panel)]
    for one in (*pooled, *panel.series):
        names = (one.name,) if one in panel.series else tuple(other.name for other in panel.series)
        for column in panel.columns:
            c, y = one.values[column], one.values[panel.target]
            if varies(c) and varies(y):
                for name, group in _groups(one, c).items():
                    found = _statistic(c, y, group)
                    if found is not None:
                        statistic, share = found
                        evidence = (
                            f"It equals the {statistic} of {panel.target!r} of the same {name}, over all rows, in "
                            f"{100 * share:.4g} % of them."
                        )
                        yield Finding("target_encoding", column, names, "certain", share, evidence)
                        break


def _groups(one: Series, column: Float64[np.ndarray, " time"]) -> dict[str, Int64[np.ndarray, " time"]]:
    """Return the number of the group of each row, in each of the ways that fit the column: one value a group."""
    found = dict[str, Int64[np.ndarray, " time"]]()
    if one.time.dtype.kind == "M":
        times = pd.DatetimeIndex(one.time)
        found |= {name: np.asarray(group(times)).astype(np.int64) for name, group in CALENDAR.items()}
    n = len(column)
    period = period_of(column, longest=LONGEST, times=REPEATED)
    if period is not None:
        found[f"phase of a period of {period} steps"] = np.arange(n) % period
    known = np.isfinite(column)
    table = pd.Series(column[known])
    steady = 1e-9 * np.nanstd(column)
    return {
        name: group
        for name, group in found.items()
        if len(np.unique(group[known])) * REPEATED <= known.sum()
        and float((table.groupby(group[known]).max() - table.groupby(group[known]).min()).max()) <= steady
    }


def _statistic(
    column: Float64[np.ndarray, " time"], target: Float64[np.ndarray, " time"], group: Int64[np.ndarray, " time"]
) -> tuple[str, float] | None:
    known = np.isfinite(column)
    scale = float(np.ptp(column[known]))
    groups = pd.Series(target).groupby(group)
    for statistic in STATISTICS:
        expected = groups.transform(statistic).to_numpy(np.float64)
        share = float((np.abs(column - expected)[known] <= 1e-7 * scale).mean())
        if share >= SAME and np.ptp(expected[known]) > 0:
            return statistic, share
    period = int(group.max()) + 1
    if period >= len(target):  # too short for a moving average over a period
        return None
    weights = np.ones(period + 1 - period % 2)
    weights[[0, -1]] /= 2 - period % 2
    trend = pd.Series(np.convolve(target, weights / weights.sum(), mode="same"))
    half = len(weights) // 2
    trend[: max(half, 0)], trend[len(trend) - half :] = np.nan, np.nan
    season = (pd.Series(target) - trend).groupby(group).transform("mean").to_numpy(np.float64)
    differences = (column - season)[known]
    if np.isnan(differences).all():
        return None
    share = float((np.abs(differences - np.nanmean(differences)) <= 1e-7 * scale).mean())
    return ("mean deviation from a centred moving average", share) if share >= SAME else None


def _joined(series: tuple[Series, ...], panel: Panel) -> Series:
    names = (panel.target, *panel.columns)
    return Series(
        "all",
        np.concatenate([one.time for one in series]),
        np.concatenate([one.stretch for one in series]),
        {name: np.concatenate([one.values[name] for one in series]) for name in names},
    )
