"""From a detector and a series to `DetectionReportData`."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from jaxtyping import Shaped

from attime.errors import DataError, OptionError
from attime.estimators.detection import AttentionDetector, Departure
from attime.estimators.detection.arriving import Data
from attime.evaluate.detection import DetectionScores, reference_length, score_detection
from attime.report.detection.data import DetectionReportData
from attime.report.detection.facts import facts_of_detector
from attime.report.detection.shown import course_of, rows_of, show_event
from attime.report.words import count


def collect_detection(
    detector: AttentionDetector,
    X: Data | Departure,
    *,
    labels: Shaped[np.ndarray, " time"] | None = None,
    title: str | None = None,
    max_events: int = 20,
) -> DetectionReportData:
    """Compute what a report on detection says; the parameters are those of `write_detection_report`."""
    if max_events < 1:
        raise OptionError(f"max_events={max_events} arrived, expected how many a page is to show; give 1 or more")
    departure = X if isinstance(X, Departure) else detector.explain(X)
    if not isinstance(departure, Departure):
        raise OptionError(f"{len(departure)} series arrived, expected one; write a page for each")
    detected = departure.detected
    if labels is not None and len(labels) != len(detected):
        raise DataError(f"{len(labels)} labels arrived for {len(detected)} steps, expected one for each")
    course = course_of(detected, labels)
    rows = rows_of(departure, course)
    shown = tuple(show_event(departure, number) for number in departure.worst[:max_events])
    return DetectionReportData(
        title=title or "What is out of the ordinary",
        verdict=_verdict(departure),
        calibration=_calibration(detector, departure),
        n_steps=len(detected),
        n_channels=len(detected.channels),
        n_events=len(departure.events),
        n_alarms=int(detected.alarms.sum()),
        window=detector.window_,
        threshold=detector.threshold_,
        course=course,
        rows=rows,
        shown=shown,
        measured=measured_by(departure, labels),
        facts=facts_of_detector(detector, detected, now=datetime.now().astimezone()),
        notes=_notes(departure, len(rows), len(shown), len(course.channels), course.width),
    )


def measured_by(departure: Departure, labels: Shaped[np.ndarray, " time"] | None) -> DetectionScores | None:
    """Return how well scores agree with labels; None where labels tell nothing."""
    if labels is None or not 0 < int((np.asarray(labels) > 0).sum()) < len(labels):
        return None
    detected = departure.detected
    length = reference_length(detected.values[0][np.isfinite(detected.values[0])])
    return score_detection(np.asarray(labels) > 0, np.nan_to_num(detected.scores), length)


def _verdict(departure: Departure) -> str:
    detected = departure.detected
    if not departure.events:
        return f"Nothing out of the ordinary was found in {count(len(detected), 'step')}."
    worst = departure.events[departure.worst[0]]
    several = len(detected.channels) > 1 and worst.shares[0] > 0
    where = f", most of all in {worst.channels[0]}" if several else ""
    share = 100 * float(detected.alarms.mean())
    return (
        f"{count(len(departure.events), 'event')} in {count(len(detected), 'step')}, {share:.2g} % of which are "
        f"alarms. The most severe lasts {count(len(worst.event), 'step')}{where}: its score is "
        f"{worst.event.severity:.3g}, the threshold {detected.threshold:.3g}."
    )


def _calibration(detector: AttentionDetector, departure: Departure) -> tuple[str, ...]:
    n_scores, rate = len(detector.calibration_.scores), detector.alarm_rate
    found = 1000 * float(departure.detected.alarms.mean())
    told = [
        f"A p-value is the share of {n_scores:,} steps of the training part that scored as high, each judged by what "
        "was learnt from other parts. Where those were normal and what follows is like them, a step is flagged by "
        f"chance as often as was asked for: {rate:g} in 1,000. Here {found:.3g} in 1,000 were.",
        "The level follows the alarms, so that the rate holds in the long run even where normal behaviour drifts."
        if detector.adaptive
        else "The level stays as it is: where normal behaviour drifts, there will be more alarms than were asked for.",
    ]
    if n_scores < 1000 / rate:
        told.append("These are too few to tell so rare a score from others: only one above all of them is flagged.")
    return tuple(told)


def _notes(departure: Departure, n_rows: int, n_shown: int, n_channels: int, width: int) -> tuple[str, ...]:
    n_events, n_all = len(departure.events), len(departure.detected.channels)
    notes = []
    if n_rows < n_events:
        notes.append(f"The table holds {n_rows:,} of {n_events:,} events, the most severe.")
    if n_shown < n_rows:
        notes.append(f"{n_shown:,} of {n_events:,} events can be looked at, the most severe.")
    if n_channels < n_all:
        notes.append(f"{n_channels} of {n_all} channels are drawn: those that events name, and the first.")
    if width > 1:
        notes.append(
            f"The series is long: in the figure {width} steps stand together, with their lowest and highest value, "
            "their highest score and their lowest p-value."
        )
    return tuple(notes)
