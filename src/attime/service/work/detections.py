"""Answers of detectors: scores, alarms and events, and what would have been normal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from attime.estimators.detection import AttentionDetector
from attime.service.answers import Detected, Detections, Occurrence
from attime.service.series import Channels, arrays_of
from attime.service.served import Served
from attime.service.work.common import plain


def detect(model: Served, questions: Sequence[Any]) -> list[BaseModel]:
    """Look through the series of all questions, one after the other."""
    estimator, first = model.estimator, questions[0]
    assert isinstance(estimator, AttentionDetector)
    answers: list[BaseModel] = []
    for question in questions:
        found = [_detected(estimator, series, first.expected) for series in arrays_of(question.series)]
        answers.append(Detections(model=model.name, channels=list(estimator.channels_), detections=found))
    return answers


def _detected(estimator: AttentionDetector, series: Channels, expected: bool) -> Detected:
    if estimator.unit == "series":
        scores = -estimator.score_samples(series[np.newaxis])
        return Detected(
            scores=scores.tolist(),
            p_values=estimator.calibration_.p_values(scores).tolist(),
            alarms=(estimator.predict(series[np.newaxis]) < 0).tolist(),
            threshold=plain(np.array(estimator.threshold_)),
            events=[],
            expected=None,
            relevance=None,
        )
    why = estimator.explain(series.T) if expected else None
    found: Any = estimator.detect(series.T) if why is None else why.detected  # type: ignore[union-attr]
    return Detected(
        scores=plain(found.scores),
        p_values=plain(found.p_values),
        alarms=found.alarms.tolist(),
        threshold=plain(np.array(found.threshold)),
        events=[
            Occurrence(start=it.start, end=it.end, severity=it.severity, p_value=it.p_value, channel=it.channel)
            for it in found.events
        ],
        expected=None if why is None else plain(why.expected.T),  # type: ignore[union-attr]
        relevance=None if why is None else plain(why.relevance.T),  # type: ignore[union-attr]
    )
