"""How a series departs from what would have been normal: where, in which channel, and what was expected instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from attime.estimators.detection.detection import Detected
from attime.estimators.detection.events import Event


@dataclass(frozen=True, eq=False)
class NormalWindow:
    """A window of the training part that an unusual one resembles.

    Attributes
    ----------
    series
        Which series of training it is from, counted from 0; those of each `update` go on after them.
    start
        Its first step there.
    weight
        How much attention it gets; those of an event sum to one.
    values
        Shape (channel, step), in the unit of the data.
    """

    series: int
    start: int
    weight: float
    values: Float64[np.ndarray, "channel step"]


@dataclass(frozen=True, eq=False)
class EventDeparture:
    """Why a stretch is out of the ordinary.

    Attributes
    ----------
    event
        The stretch.
    channels
        The names of the channels, those first that depart most.
    shares
        Which part of the relevance each of them has; they sum to one, or are 0 where no value is there.
    steps
        The fewest steps that hold 90 % of the relevance, in order of time.
    begin
        The first step of the window that is compared with normal ones.
    nearest
        The normal windows, those with most attention first; none where a network keeps none.
    """

    event: Event
    channels: tuple[str, ...]
    shares: Float64[np.ndarray, " channel"]
    steps: Int64[np.ndarray, " step"]
    begin: int
    nearest: tuple[NormalWindow, ...]


@dataclass(frozen=True, eq=False)
class Departure:
    """Where and how a series departs from what is normal; made by `AttentionDetector.explain`.

    Attributes
    ----------
    detected
        What was found in the series.
    relevance
        For each step and channel how far it is from what was expected, at least 0; 1 is what is just still usual. NaN
        where nothing was measured. Shape (time, channel).
    expected
        What would have been normal, in the unit of the data; NaN where nothing can be said. Shape (time, channel).
    events
        The same for each event of `detected`.
    window
        Steps of a window.
    """

    detected: Detected
    relevance: Float64[np.ndarray, "time channel"]
    expected: Float64[np.ndarray, "time channel"]
    events: tuple[EventDeparture, ...]
    window: int

    def __len__(self) -> int:
        return len(self.relevance)

    def __repr__(self) -> str:
        return f"Departure({len(self)} steps, {len(self.detected.channels)} channels, {len(self.events)} events)"

    @property
    def worst(self) -> tuple[int, ...]:
        """The numbers of the events, the most severe first."""
        severity = [part.event.severity for part in self.events]
        return tuple(sorted(range(len(severity)), key=lambda number: -severity[number]))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each step and channel: time, channel, value, expected, relevance."""
        n_channels = len(self.detected.channels)
        return pd.DataFrame(
            {
                "time": np.repeat(self.detected.times, n_channels),
                "channel": np.tile(np.array(self.detected.channels, dtype=object), len(self)),
                "value": self.detected.values.T.reshape(-1),
                "expected": self.expected.reshape(-1),
                "relevance": self.relevance.reshape(-1),
            }
        )
