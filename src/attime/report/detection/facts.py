"""What someone needs to find the same again: parameters, sizes, versions, data, seed and date."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import numpy as np

from attime.estimators.detection import AttentionDetector, Detected
from attime.nn.reference import ReferenceAttention
from attime.report.facts import Fact, listed, versions


def facts_of_detector(detector: AttentionDetector, detected: Detected, *, now: datetime) -> tuple[Fact, ...]:
    """Write down how the model was made, what it was fitted to, and with which versions.

    Parameters
    ----------
    detector
        Fitted.
    detected
        What it found.
    now
        When the report is made.
    """
    module = detector.module_
    size: dict[str, object] = {"parameters": sum(part.numel() for part in module.parameters())}
    if isinstance(module, ReferenceAttention):
        size = {
            "windows kept": len(module.keys),
            "views": ", ".join(module.views),
            "nearest": module.n_nearest,
        }
    model = detector.model
    options = {} if isinstance(model, str) else asdict(model)
    return listed(
        {
            "Model": {
                "estimator": type(detector).__name__,
                "model": model if isinstance(model, str) else type(model).__name__,
                **options,
                "window": detector.window_,
                **size,
            },
            "Alarms": {
                "asked for in 1,000": f"{detector.alarm_rate:g}",
                "adaptive": detector.adaptive,
                "threshold": f"{detector.threshold_:.4g}",
                "scores of calibration": len(detector.calibration_.scores),
                "seed": detector.random_state,
            },
            "Data": {
                "steps": len(detected),
                "channels": len(detected.channels),
                "missing values": int(np.isnan(detected.values).sum()),
            },
            "Report": versions(now),
        }
    )
