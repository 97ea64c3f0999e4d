"""Columns that take a statistic or a fit of the whole series, and so of its test part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from jaxtyping import Float64
from scipy.stats import rankdata

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, Series

SAME = 0.99  # of the rows
ENOUGH = 20  # values
STATISTICS: dict[str, Callable[[Float64[np.ndarray, " time"]], float]] = {
    "mean": lambda y: float(y.mean()),
    "sum": lambda y: float(y.sum()),
    "maximum": lambda y: float(y.max()),
    "minimum": lambda y: float(y.min()),
    "median": lambda y: float(np.median(y)),
    "standard deviation": lambda y: float(y.std(ddof=1)),
    "last value": lambda y: float(y[-1]),
}
Transform = Callable[[Float64[np.ndarray, " time"]], Float64[np.ndarray, " time"]]
TRANSFORMS: dict[str, Transform] = {
    "rank": lambda y: rankdata(y),
    "rank (ties in order of size)": lambda y: rankdata(y, method="dense").astype(np.float64),
    "residual of a straight line": lambda y: _detrended(y, 1),
    "residual of a parabola": lambda y: _detrended(y, 2),
    "share of the total so far": lambda y: np.cumsum(y) / y.sum() if y.sum() else np.full(len(y), np.nan),
    "rest of the total": lambda y: y.sum() - np.cumsum(y),
    "rest of the total, with the present value": lambda y: y.sum() - np.cumsum(y) + y,
}
TO_SCALE = ("rank", "rank (ties in order of size)")  # as percentiles, or from 0 to 1, or otherwise


def statistic_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that hold one number for each series, a statistic of all of its target.

    With a single series such a column tells nothing that a constant would not. Two series that agree are enough.
    """
    for column in panel.columns:
        told = [_constant(one, column, panel.target) for one in panel.series]
        known = [(one.name, constant, y) for one, (constant, y) in zip(panel.series, told, strict=True) if len(y)]
        if len({constant for _, constant, _ in known}) < 2:
            continue
        for name, statistic in STATISTICS.items():
            hits = [one for one, constant, y in known if np.isclose(constant, statistic(y), rtol=1e-8, atol=1e-12)]
            share = len(hits) / len(known)
            if len(hits) >= 2 and share >= 0.9:
                evidence = f"It is the {name} of all {panel.target!r} in {len(hits)} of {len(known)} series."
                yield Finding("whole_series_statistic", column, tuple(hits), "certain", share, evidence)
                break


def transform_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that are a rank, a detrended value, or a share of the total, taken over the whole series."""
    for one in panel.series:
        transformed = dict[tuple[str, str], Float64[np.ndarray, " time"]]()
        for _, column, source in replace(panel, series=(one,)).pairs():
            c, s = one.values[column], one.values[source]
            known = np.isfinite(c) & np.isfinite(s)
            of_source = np.isfinite(s)
            if known.sum() < ENOUGH or known.sum() < 0.9 * of_source.sum() or np.ptp(c[known]) == 0:
                continue
            for name, transform in TRANSFORMS.items():
                if (source, name) not in transformed:
                    transformed[source, name] = np.full(len(s), np.nan)
                    transformed[source, name][of_source] = transform(s[of_source])
                expected = transformed[source, name]
                if name in TO_SCALE:
                    slope, offset = np.polyfit(expected[known], c[known], 1)
                    expected = slope * expected + offset
                share = float((np.abs(c[known] - expected[known]) <= 1e-7 * np.ptp(c[known])).mean())
                if share >= SAME and not _plain(c[known], s[known]):
                    evidence = (
                        f"It equals the {name} of {source!r} over the whole series in {100 * share:.4g} % of the rows."
                    )
                    yield Finding("whole_series_transform", column, (one.name,), "certain", share, evidence)
                    break


def _constant(one: Series, column: str, target: str) -> tuple[float, Float64[np.ndarray, " time"]]:
    """Return the one number of a column and the known target; an empty target if the column holds several."""
    told, y = one.values[column], one.values[target]
    told, y = told[np.isfinite(told)], y[np.isfinite(y)]
    steady = len(told) > 0 and len(y) >= ENOUGH and np.ptp(told) <= 1e-9 * abs(told[0])
    return (float(told[0]), y) if steady else (np.nan, y[:0])


def _detrended(values: Float64[np.ndarray, " time"], degree: int) -> Float64[np.ndarray, " time"]:
    time = np.linspace(-1, 1, len(values))
    return values - np.polynomial.Polynomial.fit(time, values, degree)(time)


def _plain(column: Float64[np.ndarray, " row"], source: Float64[np.ndarray, " row"]) -> bool:
    """Tell whether the column is the source on another scale, which is known at its time."""
    slope, offset = np.polyfit(source, column, 1)
    return bool((np.abs(column - slope * source - offset) <= 1e-7 * np.ptp(column)).mean() > SAME)
