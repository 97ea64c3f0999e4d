"""Events: alarms that belong together, from where the score becomes unusual to where it is usual again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Shaped


@dataclass(frozen=True)
class Event:
    """One stretch that is out of the ordinary.

    Attributes
    ----------
    series
        Which series it is in, counted from 0.
    start, end
        Its first step, and the one after its last.
    begins, ends
        The times of its first and of its last step.
    severity
        Its highest score: 1 is what 99 % of the steps in training stay below.
    p_value
        Its lowest p-value.
    channel
        Where its score is highest: the name of a channel, or of what is judged beside channels.
    """

    series: int
    start: int
    end: int
    begins: object
    ends: object
    severity: float
    p_value: float
    channel: str

    def __len__(self) -> int:
        return self.end - self.start


def events_of(
    by_group: Float64[np.ndarray, "time group"],
    p_values: Float64[np.ndarray, " time"],
    alarms: Bool[np.ndarray, " time"],
    *,
    level: float,
    rarest: float,
    near: int,
    times: Shaped[np.ndarray, " time"],
    groups: tuple[str, ...],
    series: int = 0,
) -> list[Event]:
    """Find the stretches whose p-values are not above `level`, gaps of up to `near` steps passed over.

    They count if they hold an alarm, or a score above all of calibration, whose p-value is `rarest`: where the level
    follows the alarms, one alarm may keep the next from being raised, and what is far out of the ordinary is told of
    even so.
    """
    unusual = np.flatnonzero(p_values <= level)
    if not len(unusual):
        return []
    found = []
    for steps in np.split(unusual, np.flatnonzero(np.diff(unusual) > near) + 1):
        start, end = int(steps[0]), int(steps[-1]) + 1
        lowest = float(np.nanmin(p_values[start:end]))
        if not alarms[start:end].any() and lowest > rarest:
            continue
        own = np.where(np.isnan(by_group[start:end]), -np.inf, by_group[start:end])
        step, group = np.unravel_index(own.argmax(), own.shape)
        begins, ends = times[start], times[end - 1]
        found.append(Event(series, start, end, begins, ends, float(own[step, group]), lowest, groups[group]))
    return found


def as_frame(events: list[Event] | tuple[Event, ...]) -> pd.DataFrame:
    """Return a table with a row for each event."""
    names = ["series", "start", "end", "begins", "ends", "severity", "p_value", "channel"]
    return pd.DataFrame([{name: getattr(event, name) for name in names} for event in events], columns=names)
