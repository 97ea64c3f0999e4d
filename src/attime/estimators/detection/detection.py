"""What a detector finds: scores, p-values, alarms and events, as values from which pictures and files are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Shaped

from attime.estimators.detection.events import Event, as_frame


@dataclass(frozen=True, eq=False)
class Detected:
    """What was found in one series.

    Attributes
    ----------
    values
        The series, shape (channel, time).
    times
        Of its steps.
    scores
        How unusual each step is; 1 is about what 99 % of the steps in training stay below. NaN where nothing can be
        said.
    by_group
        The same for each channel, and for what is judged beside them.
    p_values
        The share of normal steps that score as high.
    levels
        The p-value from which a step was flagged: the rate asked for, or what follows it.
    alarms
        Which steps were flagged.
    events
        Alarms that belong together.
    threshold
        The score that belongs to the rate asked for.
    channels, groups
        The names of the channels, and of what has scores.
    """

    values: Float64[np.ndarray, "channel time"]
    times: Shaped[np.ndarray, " time"]
    scores: Float64[np.ndarray, " time"]
    by_group: Float64[np.ndarray, "time group"]
    p_values: Float64[np.ndarray, " time"]
    levels: Float64[np.ndarray, " time"]
    alarms: Bool[np.ndarray, " time"]
    events: tuple[Event, ...]
    threshold: float
    channels: tuple[str, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return f"Detected({len(self)} steps, {int(self.alarms.sum())} alarms, {len(self.events)} events)"

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each step: time, score, p-value, alarm, and the number of its event (−1 outside)."""
        numbers = np.full(len(self), -1)
        for number, event in enumerate(self.events):
            numbers[event.start : event.end] = number
        columns = {"score": self.scores, "p_value": self.p_values, "alarm": self.alarms, "event": numbers}
        return pd.DataFrame({"time": self.times, **columns})

    def to_events(self) -> pd.DataFrame:
        """Return a row for each event."""
        return as_frame(self.events)


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found in several series; it is a sequence of `Detected`."""

    parts: tuple[Detected, ...]

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, number: int) -> Detected:
        return self.parts[number]

    def __iter__(self) -> Iterator[Detected]:
        return iter(self.parts)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of all series."""
        return tuple(event for part in self.parts for event in part.events)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each step of each series."""
        frames = [part.to_frame().assign(series=number) for number, part in enumerate(self.parts)]
        frame = pd.concat(frames, ignore_index=True)
        return frame[["series", *(name for name in frame if name != "series")]]

    def to_events(self) -> pd.DataFrame:
        """Return a row for each event."""
        return as_frame(self.events)
