"""How good the scores of one series are."""

from __future__ import annotations

import numpy as np
from common import Row
from jaxtyping import Float64

from attime.data.detection import LabelledSeries
from attime.evaluate.detection import auc_pr, event_recall, reference_length, ucr_score
from attime.evaluate.detection.volume import volume


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
