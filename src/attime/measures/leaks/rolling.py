"""Columns that are a statistic of a window that reaches ahead: rolling median, maximum, minimum, standard deviation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Float64, Int64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, Series

STATISTICS: dict[str, Callable[..., Any]] = {
    "median": np.median,
    "maximum": np.max,
    "minimum": np.min,
    "standard deviation": partial(np.std, ddof=1),
}
REACHES = (64, 8)  # steps ahead; the shorter for series with missing values, where long windows are never complete
N_PROBES = 8
DIFFERENT = 10  # values of the column, at least: flags around a holiday come from a calendar
MOST_ROWS = 2000
SAME = 0.95  # of the rows
TELLING = 0.05  # of the rows must differ from the present value, and from the part of the window up to now


def rolling_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that equal a statistic over a window of a source that ends later than the time of the row.

    Windows as far back as ahead are tried, one step more or less, and windows that begin now or at the next step. Sums
    and means are left to `linear_leaks`, which finds them with any weights.
    """
    for one, column, source in panel.pairs():
        found = _window(one, column, source)
        if found is not None:
            name, back, ahead, share = found
            begin = f"{back} steps before" if back > 0 else ("now" if back == 0 else "1 step later")
            evidence = (
                f"It equals the {name} of {source!r} from {begin} to {ahead} steps later, in {100 * share:.4g} % of "
                "the rows where it changes."
            )
            yield Finding("rolling_statistic", column, (one.name,), "certain", share, evidence)


def _window(one: Series, column: str, source: str) -> tuple[str, int, int, float] | None:
    """Try the windows on a few rows, and those that fit there on all."""
    c, s = one.values[column], one.values[source]
    if len(np.unique(c[np.isfinite(c)])) < DIFFERENT:
        return None
    for reach in REACHES:
        rows = np.flatnonzero(_usable(c, s, one.stretch, reach + 1))
        probes = rows[np.linspace(0, len(rows) - 1, N_PROBES).astype(int)] if len(rows) >= 5 * N_PROBES else rows[:0]
        if not len(probes):
            continue
        for name, back, ahead in _candidates(c, s, probes, reach):
            statistic = STATISTICS[name]
            if _same(c[probes], statistic(_windows(s, probes, back, ahead), axis=1), c).all():
                share = _confirmed(c, s, rows[:: -(-len(rows) // MOST_ROWS)], statistic, back, ahead)
                if share >= SAME:
                    return name, back, ahead, share
    return None


def _candidates(
    column: Float64[np.ndarray, " time"],
    source: Float64[np.ndarray, " time"],
    probes: Int64[np.ndarray, " row"],
    reach: int,
) -> Iterator[tuple[str, int, int]]:
    """Name the windows worth a try: the cheap half of the work, which ends most of it.

    Maximum, minimum and median are values of the window, or the mean of two. Sums of squares give all deviations.
    """
    ahead = np.repeat(np.arange(1, reach + 1), 5)
    back = np.clip((ahead.reshape(-1, 5) * [1, 1, 1, 0, 0] + [0, -1, 1, 0, -1]).ravel(), -1, reach + 1)
    ahead, back = ahead[ahead + back > 0], back[ahead + back > 0]
    windows = _windows(source, probes, reach + 1, reach + 1)
    now = column[probes]
    element = _same(now[:, None], windows, column).any(axis=1).all()
    middles = (windows[:, :, None] + windows[:, None]).reshape(len(now), -1) / 2
    middle = bool(_same(now[:, None], middles, column).any(axis=1).all())
    names = ["maximum", "minimum"] * bool(element) + ["median"] * middle
    yield from ((name, int(b), int(a)) for b, a in zip(back, ahead, strict=True) for name in names)
    centred = windows - windows.mean(axis=1, keepdims=True)
    end, begin, count = reach + 2 + ahead, reach + 1 - back, ahead + back + 1
    sums, squares = (np.pad(np.cumsum(centred**power, axis=1), ((0, 0), (1, 0))) for power in (1, 2))
    spread = squares[:, end] - squares[:, begin] - (sums[:, end] - sums[:, begin]) ** 2 / count
    fits = np.isclose(np.sqrt(np.maximum(spread, 0) / (count - 1)), now[:, None], rtol=1e-4).all(axis=0)
    yield from (("standard deviation", int(b), int(a)) for b, a in zip(back[fits], ahead[fits], strict=True))


def _confirmed(
    column: Float64[np.ndarray, " time"],
    source: Float64[np.ndarray, " time"],
    rows: Int64[np.ndarray, " row"],
    statistic: Callable[..., Any],
    back: int,
    ahead: int,
) -> float:
    """Share of rows that agree; 0 if the present value, or the window up to now, would nearly do as well."""
    now = column[rows]
    if _same(now, source[rows], column).mean() > 1 - TELLING:
        return 0.0
    if back > 0 and _same(now, statistic(_windows(source, rows, back, 0), axis=1), column).mean() > 1 - TELLING:
        return 0.0
    return float(_same(now, statistic(_windows(source, rows, back, ahead), axis=1), column).mean())


def _usable(
    column: Float64[np.ndarray, " time"],
    source: Float64[np.ndarray, " time"],
    stretch: Int64[np.ndarray, " time"],
    reach: int,
) -> Bool[np.ndarray, " time"]:
    """Rows where the column has just changed and the source is complete as far as the reach."""
    usable = np.zeros(len(column), bool)
    if len(column) <= 2 * reach:
        return usable
    known = np.concatenate([[0], np.cumsum(np.isfinite(source))])
    complete = known[2 * reach + 1 :] - known[: -2 * reach - 1] == 2 * reach + 1
    usable[reach:-reach] = complete & (stretch[: -2 * reach] == stretch[2 * reach :])
    usable[1:] &= np.isfinite(np.diff(column)) & (np.diff(column) != 0)
    return usable


def _windows(
    source: Float64[np.ndarray, " time"], rows: Int64[np.ndarray, " row"], back: int, ahead: int
) -> Float64[np.ndarray, "row step"]:
    return source[rows[:, None] + np.arange(-back, ahead + 1)]


def _same(
    first: Float64[np.ndarray, "*first"], second: Float64[np.ndarray, "*second"], column: Float64[np.ndarray, " time"]
) -> Bool[np.ndarray, "*both"]:
    return np.abs(first - second) <= 1e-8 * float(np.nanstd(column))
