"""How well anomalies are detected, as numbers from labels and scores of one series, or labels and predictions."""

from __future__ import annotations

from attime.evaluate.detection.affiliation import Affiliation, affiliation
from attime.evaluate.detection.alarms import event_recall
from attime.evaluate.detection.length import reference_length
from attime.evaluate.detection.point_adjusted import point_adjusted_f1
from attime.evaluate.detection.points import auc_pr, auc_roc
from attime.evaluate.detection.ranges import range_f1, range_precision, range_recall
from attime.evaluate.detection.scoring import EVENT_METRICS, METRICS, DetectionScores, score_detection
from attime.evaluate.detection.ucr import ucr_score
from attime.evaluate.detection.volume import vus_pr, vus_roc

__all__ = [
    "EVENT_METRICS",
    "METRICS",
    "Affiliation",
    "DetectionScores",
    "affiliation",
    "auc_pr",
    "auc_roc",
    "event_recall",
    "point_adjusted_f1",
    "range_f1",
    "range_precision",
    "range_recall",
    "reference_length",
    "score_detection",
    "ucr_score",
    "vus_pr",
    "vus_roc",
]
