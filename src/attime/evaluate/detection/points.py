"""Areas under curves step by step, as if steps were cases that know nothing of their neighbours."""

from __future__ import annotations

import numpy as np
from jaxtyping import Real, Shaped
from sklearn.metrics import average_precision_score, roc_auc_score

from attime.evaluate.detection.checks import checked_labels, checked_scores


def auc_pr(labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"]) -> float:
    """Measure the area under precision and recall, as average precision.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    scores
        High where it is anomalous. Only their order counts.

    Returns
    -------
    float
        From 0 to 1. A constant score gives the share of anomalous steps.

    Raises
    ------
    DataError
        If all or no steps are anomalous, scores are not finite or not one for each label.

    Notes
    -----
    scikit-learn's `average_precision_score`. The area by trapezoids, which other libraries give under the same name,
    is higher, because it draws a line between points of the curve that no threshold reaches.

    Examples
    --------
    >>> auc_pr(np.array([0, 1, 0, 1]), np.array([0.1, 0.9, 0.5, 0.2]))
    0.833
    """
    anomalous = checked_labels(labels)
    return float(average_precision_score(anomalous, checked_scores(scores, len(anomalous))))


def auc_roc(labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"]) -> float:
    """Measure how probable it is that an anomalous step scores above a normal one: parameters as for `auc_pr`.

    A constant score gives one half.

    Examples
    --------
    >>> auc_roc(np.array([0, 1, 0, 1]), np.array([0.1, 0.9, 0.5, 0.2]))
    0.75
    """
    anomalous = checked_labels(labels)
    return float(roc_auc_score(anomalous, checked_scores(scores, len(anomalous))))
