"""The detector: what is normal is learnt, and alarms are raised at a rate that was asked for."""

from __future__ import annotations

from attime.estimators.detection.calibration import Calibration, Level
from attime.estimators.detection.departure import Departure, EventDeparture, NormalWindow
from attime.estimators.detection.detection import Detected, Detection
from attime.estimators.detection.detector import AttentionDetector
from attime.estimators.detection.events import Event
from attime.estimators.detection.models import MODELS
from attime.estimators.detection.stream import Scored, Stream

__all__ = [
    "MODELS",
    "AttentionDetector",
    "Calibration",
    "Departure",
    "Detected",
    "Detection",
    "Event",
    "EventDeparture",
    "Level",
    "NormalWindow",
    "Scored",
    "Stream",
]
