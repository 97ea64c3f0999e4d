"""The report of a leak check: what was found, worst first, and what was looked at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from attime.measures.leaks.finding import Finding


@dataclass(frozen=True)
class LeakReport:
    """What `leak_check` found. It is true, as a condition, if something was found.

    Attributes
    ----------
    findings
        Certain ones first.
    columns
        The columns that were looked at; all others do not hold numbers.
    n_series, n_examined
        How many series there are, and how many of them the checks of columns looked at.

    Examples
    --------
    >>> report = LeakReport((), ("y", "price"), 250, 100)
    >>> bool(report), report.clean
    (False, True)
    >>> print(report)
    No leak found in the columns y, price of 100 of 250 series.
    """

    findings: tuple[Finding, ...]
    columns: tuple[str, ...]
    n_series: int
    n_examined: int

    @property
    def clean(self) -> bool:
        """Whether nothing was found. That proves nothing: see `leak_check` for what no check can see."""
        return not self.findings

    def __bool__(self) -> bool:
        return bool(self.findings)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each finding."""
        names = ["kind", "column", "series", "severity", "strength", "evidence", "remedy"]
        return pd.DataFrame([[getattr(found, name) for name in names] for found in self.findings], columns=names)

    def __str__(self) -> str:
        count = f"{self.n_series}" if self.n_examined == self.n_series else f"{self.n_examined} of {self.n_series}"
        where = f"in the columns {', '.join(self.columns)} of {count} series"
        if self.clean:
            return f"No leak found {where}."
        n = len(self.findings)
        head = f"{n} {'leak' if n == 1 else 'leaks'} found {where}."
        return "\n\n".join([head, *(f"{i}. {found}" for i, found in enumerate(self.findings, 1))])
