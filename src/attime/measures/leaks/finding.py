"""What a leak check finds: a sentence with numbers, how sure it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["certain", "suspect"]

#: What can be found, and what to do about it.
REMEDIES = {
    "time_order": "Sort the rows by series and time before cutting windows; rows in this order give away the future.",
    "duplicate_time": "Keep one row for each series and time; of a second one a window may see the answer.",
    "far_time": "Check these time stamps; a wrong one puts its row into the wrong part of a split by time.",
    "repeated_stretch": "Remove one of the copies, or keep both on the same side of the split.",
    "duplicate_series": "Keep one of the series; otherwise one can be learnt by heart and scored under the other name.",
    "two_sided_filter": "Compute it from past values alone (a trailing window), or leave the column out.",
    "future_value": "Leave the column out, or shift it until it only holds what is known at its time.",
    "future_window": "Compute it from past values alone, in the order of time, or leave the column out.",
    "too_good_predictor": "Ask how it came about: if it is known at its time, keep it; else leave it out.",
    "rolling_statistic": "Use a trailing window instead of one that reaches ahead, or leave the column out.",
    "block_aggregate": "Use the aggregate of the block before, or of the part of the block that has passed.",
    "whole_series_statistic": "Compute the statistic from the training part alone, or from the values up to each time.",
    "whole_series_transform": "Fit the transform to the training part alone, or leave the column out.",
    "target_encoding": "Compute the means of the groups from the training part alone, or from values before each time.",
    "backward_fill": "Fill gaps with the value before, or leave them missing: the networks of attime can do that.",
    "interpolation": "Fill gaps with the value before, or leave them missing: the line points at the value to come.",
}


@dataclass(frozen=True)
class Finding:
    """One column, or the rows of one series, that know the future.

    Attributes
    ----------
    kind
        A key of `REMEDIES`.
    column
        The column that knows the future; None if the rows do, not a column.
    series
        Names of the series in which it was found.
    severity
        ``"certain"`` if the future accounts for the column to the last digit (or, of rows, if they were counted);
        ``"suspect"`` if it nearly does, or if there may be an innocent reason.
    strength
        Share that the future accounts for, from 0 to 1: of what the past leaves open about the column, of the rows that
        agree, or of the rows that are concerned.
    evidence
        What was seen, a sentence with numbers.

    Examples
    --------
    >>> found = Finding("time_order", None, ("a",), "certain", 0.5, "2 of 4 rows come before an earlier one.")
    >>> print(found)
    time_order (certain): 2 of 4 rows come before an earlier one. In series a.
        Sort the rows by series and time before cutting windows; rows in this order give away the future.
    """

    kind: str
    column: str | None
    series: tuple[str, ...]
    severity: Severity
    strength: float
    evidence: str

    @property
    def remedy(self) -> str:
        """What to do about it, in a sentence."""
        return REMEDIES[self.kind]

    def __str__(self) -> str:
        names = ", ".join(self.series[:3]) + (f" and {len(self.series) - 3} more" if len(self.series) > 3 else "")
        column = "" if self.column is None else f" in column {self.column!r}"
        return f"{self.kind}{column} ({self.severity}): {self.evidence} In series {names}.\n    {self.remedy}"
