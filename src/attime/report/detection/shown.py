"""What a page holds of a series and its events, and how finely."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Shaped

from attime.estimators.detection import Departure, Detected
from attime.report.detection.data import Course, EventRow, ShownEvent
from attime.report.forecasting.times import times_in_words
from attime.report.thin import extremes, width_for

MOST_BINS = 900
MOST_CHANNELS = 8
MOST_ROWS = 200
MOST_STEPS = 600  # of an event and its surroundings
SHARE = 0.1  # of the relevance from which a channel is named beside the first


def course_of(detected: Detected, labels: Shaped[np.ndarray, " time"] | None) -> Course:
    """Thin a series and its scores."""
    width = width_for(len(detected), MOST_BINS)
    severe = sorted(detected.events, key=lambda event: -event.severity)
    named = [event.channel for event in severe if event.channel in detected.channels]
    chosen = sorted(map(detected.channels.index, list(dict.fromkeys([*named, *detected.channels]))[:MOST_CHANNELS]))
    known = np.empty((0, 2), dtype=int)
    if labels is not None:
        marks = np.diff(np.concatenate([[0], np.asarray(labels) > 0, [0]]).astype(int))
        known = np.flatnonzero(marks).reshape(-1, 2)
        known = np.stack([known[:, 0] // width, -(-known[:, 1] // width)], axis=1)
    return Course(
        width=width,
        times=times_in_words(detected.times)[::width],
        channels=tuple(detected.channels[number] for number in chosen),
        values=extremes(detected.values[chosen], width),
        scores=_most(detected.scores, width),
        p_values=-_most(-detected.p_values, width),
        threshold=detected.threshold if np.isfinite(detected.threshold) else None,
        known=known,
    )


def rows_of(departure: Departure, course: Course) -> tuple[EventRow, ...]:
    """Return the lines of the table of events."""
    words = times_in_words(departure.detected.times)
    rows = []
    for number in sorted(departure.worst[:MOST_ROWS]):
        part = departure.events[number]
        event = part.event
        named = [
            f"{name} ({100 * share:.0f} %)"
            for name, share in zip(part.channels[:3], part.shares[:3].tolist(), strict=True)
            if share >= SHARE
        ]
        rows.append(
            EventRow(
                number=number + 1,
                begins=words[event.start],
                ends=words[event.end - 1],
                steps=f"{len(event):,}",
                severity=f"{event.severity:.3g}",
                p_value=f"{event.p_value:.2g}",
                channels=", ".join(named) if len(departure.detected.channels) > 1 else "",
                bins=(event.start // course.width, -(-event.end // course.width)),
            )
        )
    return tuple(rows)


def show_event(departure: Departure, number: int) -> ShownEvent:
    """Return an event with half a window before and after; of a long one the part around its window."""
    part, detected, window = departure.events[number], departure.detected, departure.window
    first = max(min(part.event.start, part.begin) - window // 2, part.begin - MOST_STEPS // 2, 0)
    last = min(max(part.event.end, part.begin + window) + window // 2, part.begin + window + MOST_STEPS // 2)
    last = min(last, len(detected))
    chosen = [detected.channels.index(name) for name in part.channels[:MOST_CHANNELS]]
    inside = min(window, last - part.begin)
    nearest = [near.values[chosen, :inside] for near in part.nearest]
    return ShownEvent(
        number=number + 1,
        times=times_in_words(detected.times[first:last]),
        start=max(part.event.start - first, 0),
        end=min(part.event.end, last) - first,
        channels=part.channels[:MOST_CHANNELS],
        values=detected.values[chosen, first:last],
        expected=departure.expected[first:last, chosen].T,
        relevance=departure.relevance[first:last, chosen].T,
        begin=part.begin - first,
        nearest=np.stack(nearest) if nearest else np.empty((0, len(chosen), inside)),
        weights=tuple(near.weight for near in part.nearest),
        origins=tuple(_origin(near.series, near.start) for near in part.nearest),
    )


def _origin(series: int, start: int) -> str:
    return f"step {start:,}" if series == 0 else f"step {start:,} of series {series + 1}"


def _most(values: Float64[np.ndarray, " time"], width: int) -> Float64[np.ndarray, " bin"]:
    """Return the highest value of each bin; NaN where there is none."""
    padded = np.pad(values, (0, -len(values) % width), constant_values=np.nan).reshape(-1, width)
    highest = np.where(np.isnan(padded), -np.inf, padded).max(1)
    return np.where(np.isinf(highest), np.nan, highest)
