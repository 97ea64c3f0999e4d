"""`DetectionReportData`: everything a report on detection says, as one value, before it becomes a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attime.evaluate.detection import DetectionScores
from attime.report.facts import Fact


@dataclass(frozen=True, eq=False)
class Course:
    """The whole series, thinned to what a page shows.

    Attributes
    ----------
    width
        Steps in a bin.
    times
        When each bin begins, as text.
    channels
        Names of the channels that are drawn.
    values
        Lowest and highest value in each bin, in order of time.
    scores, p_values
        The highest score and the lowest p-value in each bin.
    threshold
        The score that belongs to the rate asked for; None if no score is rare enough.
    known
        Where labels mark something: first bin and the one after the last of each stretch.
    """

    width: int
    times: tuple[str, ...]
    channels: tuple[str, ...]
    values: Float[np.ndarray, "channel bin 2"]
    scores: Float[np.ndarray, " bin"]
    p_values: Float[np.ndarray, " bin"]
    threshold: float | None
    known: Int[np.ndarray, "stretch 2"]


@dataclass(frozen=True, eq=False)
class ShownEvent:
    """One event beside what would have been normal.

    Attributes
    ----------
    number
        Counted from 1, in order of time.
    times
        Of the steps that are drawn, as text.
    start, end
        The first step of the event, and the one after its last, counted from the first that is drawn.
    channels
        Names of the channels that are drawn, those first that depart most.
    values, expected, relevance
        Shape (channel, step).
    begin
        Where the window begins that normal ones are laid over.
    nearest
        The normal windows, shape (window, channel, step inside).
    weights, origins
        How much attention each gets, and where in the training part it began, in words.
    """

    number: int
    times: tuple[str, ...]
    start: int
    end: int
    channels: tuple[str, ...]
    values: Float[np.ndarray, "channel step"]
    expected: Float[np.ndarray, "channel step"]
    relevance: Float[np.ndarray, "channel step"]
    begin: int
    nearest: Float[np.ndarray, "window channel inside"]
    weights: tuple[float, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True)
class EventRow:
    """A line of the table of events, as text."""

    number: int
    begins: str
    ends: str
    steps: str
    severity: str
    p_value: str
    channels: str
    bins: tuple[int, int]


@dataclass(frozen=True, eq=False)
class DetectionReportData:
    """What a report on detection is made of.

    Attributes
    ----------
    title, verdict
        What it is about, and the outcome in words.
    calibration
        What the p-values and the threshold rest on, in sentences.
    n_steps, n_channels, n_events, n_alarms, window, threshold
        Sizes.
    course
        The whole series.
    rows
        All events that the table holds, in order of time.
    shown
        Events to look at, the most severe first.
    measured
        How well scores agree with labels; None without labels.
    facts
        What is needed to make all this again.
    notes
        What is left out and why, a sentence each.
    """

    title: str
    verdict: str
    calibration: tuple[str, ...]
    n_steps: int
    n_channels: int
    n_events: int
    n_alarms: int
    window: int
    threshold: float
    course: Course
    rows: tuple[EventRow, ...]
    shown: tuple[ShownEvent, ...]
    measured: DetectionScores | None
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
