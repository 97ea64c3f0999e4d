"""All measures of continuous scores at once, and the tables of all measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Real, Shaped

from attime.evaluate.detection.affiliation import affiliation
from attime.evaluate.detection.alarms import event_recall
from attime.evaluate.detection.checks import checked_labels
from attime.evaluate.detection.events import events_of
from attime.evaluate.detection.points import auc_pr, auc_roc
from attime.evaluate.detection.ranges import range_f1, range_precision, range_recall
from attime.evaluate.detection.ucr import ucr_score
from attime.evaluate.detection.volume import LENGTH, volume, vus_pr, vus_roc

# From labels and continuous scores to a number, 1 at best.
METRICS: dict[str, Callable[..., float]] = {
    "vus_pr": vus_pr,
    "vus_roc": vus_roc,
    "auc_pr": auc_pr,
    "auc_roc": auc_roc,
    "ucr_score": ucr_score,
    "event_recall": event_recall,
}
# From labels and binary predictions to a number, 1 at best. Not `point_adjusted_f1`: its docstring shows why.
EVENT_METRICS: dict[str, Callable[..., float]] = {
    "range_precision": range_precision,
    "range_recall": range_recall,
    "range_f1": range_f1,
    "affiliation_precision": lambda labels, predictions: affiliation(labels, predictions).precision,
    "affiliation_recall": lambda labels, predictions: affiliation(labels, predictions).recall,
    "affiliation_f1": lambda labels, predictions: affiliation(labels, predictions).f1,
}


@dataclass(frozen=True)
class DetectionScores:
    """How well scores tell anomalous steps from normal ones; made by `score_detection`.

    Attributes
    ----------
    vus_pr, vus_roc, auc_pr, auc_roc, ucr_score, event_recall
        What the functions of these names say, 1 at best.
    length
        The longest buffer of `vus_pr` and `vus_roc`, in steps.
    n_steps, n_anomalous, n_events
        Steps of the series, anomalous ones, and events.
    """

    vus_pr: float
    vus_roc: float
    auc_pr: float
    auc_roc: float
    ucr_score: float
    event_recall: float
    length: int
    n_steps: int
    n_anomalous: int
    n_events: int

    @property
    def chance(self) -> float:
        """Share of anomalous steps: `auc_pr` of a score that knows nothing."""
        return self.n_anomalous / self.n_steps

    def to_dict(self) -> dict[str, float]:
        """Return the numbers under the names of the attributes."""
        return asdict(self)


def score_detection(
    labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"], length: int | None = None
) -> DetectionScores:
    """Measure scores of one series in every way of `METRICS`, with their defaults.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    scores
        High where it is anomalous.
    length
        The longest buffer of `vus_pr` and `vus_roc`, such as ``reference_length(series)``; 100 if not given.

    Raises
    ------
    DataError
        If all or no steps are anomalous, scores are not finite or not one for each label.
    OptionError
        If the length is not a whole number of at least 0.

    Examples
    --------
    >>> labels = np.zeros(1000)
    >>> labels[400:420] = 1
    >>> found = score_detection(labels, np.roll(labels, 10), length=40)
    >>> round(found.vus_pr, 2), found.auc_pr, found.ucr_score, found.chance
    (0.6, 0.26, 1.0, 0.02)
    """
    length = LENGTH if length is None else length
    volumes = volume(labels, scores, length=length)  # both for the price of one
    anomalous = checked_labels(labels)
    return DetectionScores(
        vus_pr=volumes.pr,
        vus_roc=volumes.roc,
        auc_pr=auc_pr(labels, scores),
        auc_roc=auc_roc(labels, scores),
        ucr_score=ucr_score(labels, scores),
        event_recall=event_recall(labels, scores),
        length=length,
        n_steps=len(anomalous),
        n_anomalous=int(anomalous.sum()),
        n_events=len(events_of(anomalous).first),
    )
