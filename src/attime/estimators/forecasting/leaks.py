"""Before anything is learnt: do covariates know the future, or do rows stand on both sides of a split?"""

from __future__ import annotations

import warnings

import pandas as pd

from attime.data.forecasting import Panel
from attime.errors import DataWarning
from attime.measures.leaks import LeakReport, leak_check

SHOWN = 3
SAID_ELSEWHERE = ("time_order", "duplicate_time")
REMEDY = "all, and what is suspect: leaks_; fit(look_for_leaks=False) does not look"


def warn_of_leaks(frame: pd.DataFrame, panel: Panel, *, remedy: str = REMEDY) -> LeakReport:
    """Look for leaks in the frame that a panel was made of, and warn of those that are certain.

    `remedy` says what to do, to whoever cannot edit the frame.
    """
    roles = panel.roles
    columns = [roles.series, roles.time, roles.target, *roles.past, *roles.future]
    frame = frame[[name for name in columns if name in frame]]
    report = leak_check(frame, id=roles.series, time=roles.time, target=roles.target, future=roles.future)
    found = [
        finding for finding in report.findings if finding.severity == "certain" and finding.kind not in SAID_ELSEWHERE
    ]
    if found:
        shown = "; ".join(str(finding).replace("\n    ", " ") for finding in found[:SHOWN])
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        warnings.warn(
            f"the data know the future, and forecasts will look better than they are: {shown}{more} ({remedy})",
            DataWarning,
            stacklevel=4,
        )
    return report
