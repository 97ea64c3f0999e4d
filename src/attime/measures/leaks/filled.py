"""Gaps that were filled with what comes after them: backward, or along a line to the next value."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float64, Int64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, varies

SAME = 0.95  # of the filled values
ENOUGH = 5  # of them
LINE = 5  # points on a line are no chance
N_LINES = 4
SHARE_OF_LINES = 0.05  # of the rows, at least
DIFFERENT = 0.6  # of the slopes: the lines of a saw tooth or of counts are all alike


def fill_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that hold, where a source is missing, its next value or a point on the line to it."""
    for one, column, source in panel.pairs():
        c, s = one.values[column], one.values[source]
        known = np.flatnonzero(np.isfinite(s))
        rows = np.flatnonzero(~np.isfinite(s) & np.isfinite(c))
        rows = rows[(rows > known[0]) & (rows < known[-1])]
        after = np.searchsorted(known, rows)
        before, after = known[after - 1], known[after]
        rows, before, after = (part[s[before] != s[after]] for part in (rows, before, after))
        if len(rows) < ENOUGH:
            continue
        line = s[before] + (s[after] - s[before]) * (rows - before) / (after - before)
        for kind, expected, what in (
            ("backward_fill", s[after], "the next value"),
            ("interpolation", line, "the line to the next value"),
        ):
            share = float((np.abs(c[rows] - expected) <= 1e-8 * np.nanstd(s)).mean())
            if share >= SAME:
                evidence = (
                    f"Of {len(rows)} rows where {source!r} is missing, {100 * share:.4g} % hold {what} of {source!r}."
                )
                yield Finding(kind, column, (one.name,), "certain", share, evidence)


def line_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns, the target too, with stretches that are straight to the last digit, each with its own slope."""
    for one in panel.series:
        for column in (panel.target, *panel.columns):
            values = one.values[column]
            if not varies(values) or len(values) < 3 * LINE:
                continue
            starts, lengths = _lines(values)
            slopes = values[starts + 1] - values[starts]
            different = len(np.unique(np.abs(slopes).round(9)))
            share = float((lengths - 2).sum() / len(values))
            if len(starts) >= N_LINES and different >= DIFFERENT * len(starts) and share >= SHARE_OF_LINES:
                evidence = (
                    f"It runs along {len(starts)} straight lines of {LINE} points and more, of {different} slopes, "
                    f"over {100 * share:.3g} % of the rows: each tells where it will end."
                )
                yield Finding("interpolation", column, (one.name,), "suspect", min(share, 1.0), evidence)


def _lines(values: Float64[np.ndarray, " time"]) -> tuple[Int64[np.ndarray, " line"], Int64[np.ndarray, " line"]]:
    """Return start and number of points of the straight stretches that are neither level nor short."""
    bend, step = np.diff(values, 2), np.diff(values)[:-1]
    tiny = 1e-9 * float(np.nanstd(values))
    straight: Bool[np.ndarray, " step"] = (np.abs(bend) <= tiny) & (np.abs(step) > tiny)
    edges = np.diff(np.concatenate([[0], straight.astype(np.int64), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = ends - starts + 2
    return starts[lengths >= LINE], lengths[lengths >= LINE]
