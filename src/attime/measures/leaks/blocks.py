"""Columns that repeat, at each time of a day, week, month or year, a statistic of the whole of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, Series, varies

BLOCKS = {"hour": "h", "day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}
STATISTICS = ("mean", "sum", "max", "min", "median", "std", "last")
SAME = 0.95  # of the blocks
DIFFERENT = 5  # values of the column, at least
LONELY = 0.5  # of the blocks may hold one value of the source only


def block_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that are constant in a block of the calendar and equal a statistic of a source over all of it.

    Any scale and offset will do. Times must be dates: of numbers the calendar is not known.
    """
    for one in panel.series:
        if one.time.dtype.kind != "M":
            continue
        for name, period in BLOCKS.items():
            block = pd.factorize(pd.DatetimeIndex(one.time).to_period(period))[0].astype(np.int64)
            n_blocks = int(block.max(initial=-1)) + 1
            if DIFFERENT <= n_blocks <= LONELY * len(block):
                yield from _in_blocks(panel, one, name, block)


def _in_blocks(panel: Panel, one: Series, name: str, block: Int64[np.ndarray, " time"]) -> Iterator[Finding]:
    for column in (name for name in panel.columns if varies(one.values[name])):
        told = _constant(one.values[column], block)
        if told is None:
            continue
        for source in panel.sources(column):
            found = _statistic(told, one.values[source], block)
            if found is not None:
                statistic, share = found
                evidence = (
                    f"It repeats the {statistic} of {source!r} over the whole {name}, from its first step on, in "
                    f"{100 * share:.4g} % of the {name}s."
                )
                yield Finding("block_aggregate", column, (one.name,), "certain", share, evidence)


def _constant(
    column: Float64[np.ndarray, " time"], block: Int64[np.ndarray, " time"]
) -> Float64[np.ndarray, " block"] | None:
    """Return the value of the column in each block; None if it takes several, or only a few in all."""
    told = pd.Series(column).groupby(block).agg(["min", "max"]).to_numpy(np.float64)
    steady = ~(told[:, 1] - told[:, 0] > 1e-9 * np.nanstd(column))
    values = told[:, 0]
    different = len(np.unique(values[np.isfinite(values)].round(9)))
    return values if steady.mean() >= SAME and different >= DIFFERENT else None


def _statistic(
    told: Float64[np.ndarray, " block"], source: Float64[np.ndarray, " time"], block: Int64[np.ndarray, " time"]
) -> tuple[str, float] | None:
    """Return the statistic that the column is, and the share of blocks that agree."""
    groups = pd.Series(source).groupby(block)
    if (groups.nunique() > 1).mean() < LONELY:
        return None
    for statistic in STATISTICS:
        share = _agreement(told, groups.agg(statistic).to_numpy(np.float64))
        if share >= SAME:
            return statistic, share
    return None


def _agreement(told: Float64[np.ndarray, " block"], found: Float64[np.ndarray, " block"]) -> float:
    """Share of blocks on the line through the middle of all, whatever scale and offset."""
    known = np.isfinite(told) & np.isfinite(found)
    if known.sum() < DIFFERENT or np.ptp(found[known]) == 0:
        return 0.0
    told, found = told[known], found[known]
    slope, offset = np.polyfit(found, told, 1)
    near = np.abs(told - slope * found - offset) <= np.quantile(np.abs(told - slope * found - offset), 0.9)
    if np.ptp(found[near]) == 0:
        return 0.0
    slope, offset = np.polyfit(found[near], told[near], 1)  # again without an incomplete block at either end
    return float((np.abs(told - slope * found - offset) <= 1e-7 * np.ptp(told)).mean())
