"""Does a table of forecasting data hold features or rows that know the future?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from attime.measures.leaks.blocks import block_leaks
from attime.measures.leaks.changes import change_leaks
from attime.measures.leaks.encoding import encoding_leaks
from attime.measures.leaks.filled import fill_leaks, line_leaks
from attime.measures.leaks.filters import linear_leaks
from attime.measures.leaks.finding import Finding
from attime.measures.leaks.order import duplicate_time, far_time, time_order
from attime.measures.leaks.panel import Panel, read_panel
from attime.measures.leaks.repeats import duplicate_series, repeated_stretch
from attime.measures.leaks.report import LeakReport
from attime.measures.leaks.rolling import rolling_leaks
from attime.measures.leaks.whole import statistic_leaks, transform_leaks

CHECKS: dict[str, Callable[[Panel], Iterator[Finding]]] = {
    "time_order": time_order,
    "duplicate_time": duplicate_time,
    "far_time": far_time,
    "repeated_stretch": repeated_stretch,
    "duplicate_series": duplicate_series,
    "linear": linear_leaks,
    "changes": change_leaks,
    "rolling": rolling_leaks,
    "blocks": block_leaks,
    "statistics": statistic_leaks,
    "transforms": transform_leaks,
    "encodings": encoding_leaks,
    "fills": fill_leaks,
    "lines": line_leaks,
}


def leak_check(
    frame: pd.DataFrame,
    *,
    id: str = "unique_id",
    time: str = "ds",
    target: str = "y",
    future: Sequence[str] = (),
    train_until: object = None,
) -> LeakReport:
    """Look for columns and rows that know the future.

    A column is accused if later values account for it and earlier ones do not: it is a shifted copy, a difference or a
    mean of later values of the target, a filter around each time, whatever its weights (smoothing of the target or of
    another column), a rolling statistic, an aggregate of a whole day, a statistic or fit of the whole series, or a gap
    filled from behind. Rows are accused if they are out of order, or the same on both sides of the split.

    **What cannot be seen.** A column scaled by minimum and maximum, or mean and deviation, of the whole series is the
    column on another scale. A column that really leads, so well that it leaves less than 5 % of the next change open,
    looks like a copy of the target with noise: such are ``"suspect"``, and where they leave nothing open ``"certain"``.
    Of two columns that are shifted copies of each other, none of them the target, either may be the honest one: both
    pass. A copy with much noise passes, too, and so does a filter that reaches further than 100 steps, except a moving
    average or a single shift, which are looked for up to a quarter of the series; a rolling statistic beyond 64; and
    whatever is mixed of several kinds. Missing values shorten all reaches. Few rows show little: a filter needs about
    ten times as many rows as it reaches ahead.

    Parameters
    ----------
    frame
        A row for each series and time. All columns of numbers, but `id`, `time` and `target`, are looked at.
    id, time, target
        Names of columns: of the series, the time (dates, words for dates, or numbers), and what is to be forecast.
        Without a column of series there is one.
    future
        Names of columns that are known ahead, such as calendars and forecasts. They may look ahead, but must not know
        the target, not even its present value.
    train_until
        The last time of the training part; without it no stretch can be found on both sides. Statistics of the training
        part alone are no leak.

    Raises
    ------
    DataError
        If a column is absent or does not hold what is expected of it.

    Notes
    -----
    Of more than 100 series 100 are looked at, evenly picked, except for order and doubles of rows, which are checked
    in all; filters in 10 of them, and in all short ones together.

    Examples
    --------
    >>> import numpy as np
    >>> y = pd.Series(np.random.default_rng(0).normal(size=400).cumsum())
    >>> frame = pd.DataFrame({"unique_id": "a", "ds": range(400), "y": y})
    >>> frame["mean_of_7"] = y.rolling(7).mean()
    >>> frame["smooth"] = y.rolling(7, center=True).mean()
    >>> report = leak_check(frame)
    >>> [(found.kind, found.column, found.severity) for found in report.findings]
    [('two_sided_filter', 'smooth', 'certain')]
    """
    panel = read_panel(frame, id=id, time=time, target=target, future=tuple(future), train_until=train_until)
    found = [finding for check in CHECKS.values() for finding in check(panel)]
    return LeakReport(
        findings=_merged(found),
        columns=(panel.target, *panel.columns),
        n_series=int(panel.rows["id"].nunique()),
        n_examined=len(panel.series),
    )


def _merged(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Make one of the findings of a kind and column in several series, certain ones first.

    A mere suspicion about a column falls silent beside anything certain about it.
    """
    merged = dict[tuple[str, str | None, tuple[str, ...]], Finding]()
    for finding in found:
        pair = finding.series if finding.kind == "duplicate_series" else ()
        key = (finding.kind, finding.column, pair)
        if key in merged:
            names = tuple(dict.fromkeys((*merged[key].series, *finding.series)))
            finding = replace(merged[key], series=names)
        merged[key] = finding
    sure = {finding.column for finding in merged.values() if finding.severity == "certain" and finding.column}
    kept = [it for it in merged.values() if it.severity == "certain" or it.column not in sure]
    return tuple(sorted(kept, key=lambda it: it.severity))
