"""Rows that stand in the wrong place: out of order, twice at the same time, or far from all others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel

FAR = 1.0  # spans of all other rows, between them and the last few
FEW = 0.01


def time_order(panel: Panel) -> Iterator[Finding]:
    """Find series whose rows go back in time."""
    for name, stamps in _stamps(panel):
        back = int((stamps[1:] < stamps[:-1]).sum())
        if back:
            evidence = f"{back} of {len(stamps) - 1} rows are earlier than the row above."
            yield Finding("time_order", None, (name,), "certain", back / (len(stamps) - 1), evidence)


def duplicate_time(panel: Panel) -> Iterator[Finding]:
    """Find series with more than one row at a time."""
    for name, stamps in _stamps(panel):
        times, counts = np.unique(stamps, return_counts=True)
        twice = times[counts > 1]
        if len(twice):
            evidence = f"{len(twice)} of {len(times)} times have more than one row, the first is {_shown(twice[0])}."
            yield Finding("duplicate_time", None, (name,), "certain", len(twice) / len(times), evidence)


def far_time(panel: Panel) -> Iterator[Finding]:
    """Find the last few rows of a series, if more time lies before them than all other rows take."""
    for name, stamps in _stamps(panel):
        times = np.unique(stamps)
        few = max(1, int(FEW * len(times)))
        if len(times) < 20:
            continue
        gap = int(np.diff(times[-few - 1 :]).argmax())
        last = few - gap
        before, after = times[-last - 1], times[-last]
        if after - before > FAR * (before - times[0]):
            evidence = (
                f"The last {last} of {len(times)} times begin at {_shown(after)}; all others end at {_shown(before)}."
            )
            yield Finding("far_time", None, (name,), "suspect", last / len(times), evidence)


def _stamps(panel: Panel) -> Iterator[tuple[str, np.ndarray]]:
    """Give the known times of every series, in the order in which the rows arrived."""
    for name, stamps in panel.rows.dropna(subset="time").groupby("id", sort=False)["time"]:
        yield str(name), stamps.to_numpy()


def _shown(stamp: object) -> str:
    return str(pd.Timestamp(stamp)) if isinstance(stamp, np.datetime64) else f"{stamp:g}"
