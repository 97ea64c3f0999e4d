"""Point-adjusted F1, to show why not: one lucky step in a long event counts as all of it."""

from __future__ import annotations

import numpy as np
from jaxtyping import Shaped

from attime.evaluate.detection.checks import checked_labels, checked_predictions
from attime.evaluate.detection.events import events_of
from attime.evaluate.detection.ranges import harmonic


def point_adjusted_f1(labels: Shaped[np.ndarray, " time"], predictions: Shaped[np.ndarray, " time"]) -> float:
    """Measure F1 after every event with one predicted step is counted as predicted throughout. Do not use it.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    predictions
        1 at steps predicted to be anomalous, 0 at others.

    Returns
    -------
    float
        From 0 to 1; 0 if nothing is predicted.

    Raises
    ------
    DataError
        If all or no steps are anomalous, predictions are not 0 or 1, or not one for each label.

    References
    ----------
    Xu et al. (2018), "Unsupervised anomaly detection via variational auto-encoder for seasonal KPIs", WWW: where it
    comes from. Kim et al. (2022), "Towards a rigorous evaluation of time-series anomaly detection", AAAI,
    https://arxiv.org/abs/2109.05257: a random score beats the published methods.

    Examples
    --------
    Five events of 200 steps. A careful detector finds half of each of three, and never errs. Dice name 2 % of all
    steps, of which one nearly always hits an event, and win; the F1 of ranges knows better:

    >>> from attime.evaluate.detection import range_f1
    >>> labels, careful = np.zeros((5, 2000)), np.zeros((5, 2000))
    >>> labels[:, 1000:1200] = careful[:3, 1000:1100] = 1
    >>> labels, careful = labels.ravel(), careful.ravel()
    >>> dice = np.random.default_rng(0).random(10_000) < 0.02
    >>> [round(point_adjusted_f1(labels, predictions), 2) for predictions in (careful, dice)]
    [0.75, 0.92]
    >>> [round(range_f1(labels, predictions), 2) for predictions in (careful, dice)]
    [0.46, 0.01]
    """
    anomalous = checked_labels(labels)
    predicted = checked_predictions(predictions, len(anomalous))
    hit = [predicted[first : last + 1].any() for first, last in zip(*events_of(anomalous), strict=True)]
    n_right = int(events_of(anomalous).lengths[hit].sum())
    n_predicted = n_right + int((predicted & ~anomalous).sum())
    return harmonic(n_right / max(n_predicted, 1), n_right / int(anomalous.sum()))
