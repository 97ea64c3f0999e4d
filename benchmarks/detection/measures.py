"""How good the scores of one series are, and how often normal steps raise an alarm."""

from __future__ import annotations

import numpy as np
from common import Row
from jaxtyping import Bool, Float64
from scipy.ndimage import binary_dilation

from attime.data.detection import LabelledSeries
from attime.estimators.detection import AttentionDetector
from attime.estimators.detection.calibration import Level
from attime.evaluate.detection import auc_pr, event_recall, reference_length, ucr_score
from attime.evaluate.detection.volume import volume

RATES = (5, 10, 50)  # alarms per 1,000 steps


def measures_of(series: LabelledSeries, scores: Float64[np.ndarray, " time"]) -> Row:
    """Return the measures of the whole series; a step of which nothing is said counts as the most usual one."""
    known = scores[np.isfinite(scores)]
    scores = np.nan_to_num(scores, nan=known.min() if len(known) else 0.0)
    length = reference_length(series.values[:, 0])
    volumes = volume(series.labels, scores, length=length)
    return {
        "vus_pr": volumes.pr,
        "vus_roc": volumes.roc,
        "auc_pr": auc_pr(series.labels, scores),
        "ucr_score": ucr_score(series.labels, scores),
        "event_recall": event_recall(series.labels, scores),
        "length": length,
    }


def normal_steps(series: LabelledSeries, window: int) -> Bool[np.ndarray, " test_time"]:
    """Return which steps after the training part are normal, and further than a window from any anomaly.

    >>> series = LabelledSeries.of(np.zeros(8), [0, 0, 0, 0, 1, 0, 0, 0], name="", n_train=1)
    >>> normal_steps(series, 2).astype(int).tolist()
    [1, 0, 0, 0, 0, 0, 1]
    """
    near = binary_dilation(series.labels == 1, np.ones(2 * window + 1, dtype=bool))
    return ~near[series.n_train :]


def alarms_of(detector: AttentionDetector, series: LabelledSeries) -> Row:
    """Count the alarms at normal steps after the training part, for each rate, with a level that adapts and without.

    The series is scored once: alarms follow from p-values.
    """
    normal = normal_steps(series, detector.window_)
    p_values = detector.detect(series.test).p_values
    row: Row = {"n_normal": int(normal.sum())}
    for rate in RATES:
        levels = Level(rate / 1000, rate / 1000).follow(p_values)
        row[f"alarms_{rate}_adaptive"] = int((p_values <= levels)[normal].sum())
        row[f"alarms_{rate}_fixed"] = int((p_values <= rate / 1000)[normal].sum())
    return row
