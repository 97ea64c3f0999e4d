"""From `DetectionReportData` to one HTML file: what its template and its figures are given."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from attime.evaluate.detection import DetectionScores
from attime.report.detection.data import Course, DetectionReportData, ShownEvent
from attime.report.frame import fill_page, grouped
from attime.report.words import Merit

#: In the order in which they are put together: later ones call earlier ones.
SCRIPTS = ("data.js", "draw.js", "lines.js", "theme.js", "heat.js", "detection.js", "detection_page.js")
MEASURES = {
    "vus_pr": "VUS-PR",
    "vus_roc": "VUS-ROC",
    "auc_pr": "AUC-PR",
    "event_recall": "events found",
}


def detection_page_of(data: DetectionReportData) -> str:
    """Return the HTML of a report on detection."""
    texts = {"data": data, "merits": _merits(data), "headings": grouped(data.facts)}
    return fill_page("detection.html.j2", SCRIPTS, _numbers(data), texts)


def _numbers(data: DetectionReportData) -> dict[str, Any]:
    """Return what the scripts of the page draw from."""
    return {
        "course": _course(data.course),
        "events": [{"number": row.number, "bins": row.bins, "begins": row.begins} for row in data.rows],
        "shown": [_event(event) for event in data.shown],
    }


def _course(course: Course) -> dict[str, Any]:
    told = asdict(course)
    told["values"] = course.values.reshape(len(course.channels), -1)
    return told


def _event(event: ShownEvent) -> dict[str, Any]:
    return asdict(event) | {"nearest": [list(np.asarray(window)) for window in event.nearest]}


def _merits(data: DetectionReportData) -> tuple[Merit, ...]:
    """Return the figures on top, each with what to compare it with."""
    threshold = f"{data.threshold:.3g}" if np.isfinite(data.threshold) else "none"
    merits = [
        Merit("Events", f"{data.n_events:,}", f"{data.n_alarms:,} steps flagged"),
        Merit("Window", f"{data.window:,}", "steps looked at together"),
        Merit("Threshold", threshold, "score that belongs to the rate asked for"),
    ]
    return tuple(merits) + (_measures(data.measured) if data.measured else ())


def _measures(scores: DetectionScores) -> tuple[Merit, ...]:
    notes = {
        "vus_pr": f"chance: about {scores.chance:.2g}",
        "vus_roc": "chance: about .5",
        "auc_pr": f"chance: {scores.chance:.2g}",
        "event_recall": f"of {scores.n_events:,}, at 1 false alarm in 1,000",
    }
    return tuple(Merit(label, f"{getattr(scores, name):.3f}", notes[name]) for name, label in MEASURES.items())
