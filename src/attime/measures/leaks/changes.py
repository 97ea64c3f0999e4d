"""Columns that tell what the target will do, in a way that no sum can: relative changes, and up or down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float64

from attime.measures.leaks.finding import Finding
from attime.measures.leaks.panel import Panel, varies

FARTHEST = 30
SAME = 0.99  # of the rows
ENOUGH = 30

Change = Callable[[Float64[np.ndarray, " row"], Float64[np.ndarray, " row"]], Float64[np.ndarray, " row"]]
CHANGES: dict[str, Change] = {
    "relative change": lambda now, later: later / now - 1,
    "ratio": lambda now, later: later / now,
    "direction": lambda now, later: np.sign(later - now),
    "rise": lambda now, later: (later > now).astype(np.float64),
    "rise or standstill": lambda now, later: (later >= now).astype(np.float64),
}


def change_leaks(panel: Panel) -> Iterator[Finding]:
    """Find columns that equal a change of the target from now until a later step."""
    for one in panel.series:
        y = one.values[panel.target]
        for column in (name for name in panel.columns if varies(one.values[name])):
            found = _change(one.values[column], y)
            if found is not None:
                name, steps, share = found
                evidence = (
                    f"It equals the {name} of {panel.target!r} from now to {steps} steps later in {100 * share:.4g} % "
                    "of the rows."
                )
                yield Finding("future_value", column, (one.name,), "certain", share, evidence)


def _change(
    column: Float64[np.ndarray, " time"], target: Float64[np.ndarray, " time"]
) -> tuple[str, int, float] | None:
    """Return the first change, and number of steps, that the column agrees with."""
    for steps in range(1, min(FARTHEST, len(column) - 1) + 1):
        told, now, later = column[:-steps], target[:-steps], target[steps:]
        known = np.isfinite(told) & np.isfinite(now) & np.isfinite(later) & (now != 0)
        if known.sum() < ENOUGH:
            continue
        for name, change in CHANGES.items():
            expected = change(now[known], later[known])
            share = float((np.abs(told[known] - expected) <= 1e-6 * float(np.abs(expected).max())).mean())
            if share >= SAME and min(np.mean(expected == expected[0]), np.mean(told[known] == told[known][0])) < 0.95:
                return name, steps, share
    return None
