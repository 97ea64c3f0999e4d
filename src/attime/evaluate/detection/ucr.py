"""The UCR score: does the highest point of the score lie at the anomaly?"""

from __future__ import annotations

import numpy as np
from jaxtyping import Real, Shaped

from attime.evaluate.detection.checks import check_length, checked_labels, checked_scores
from attime.evaluate.detection.events import events_of

TOLERANCE = 100  # steps


def ucr_score(
    labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"], *, tolerance: int = TOLERANCE
) -> float:
    """Tell whether the highest score lies within an event, or near it.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones. The archive has one event in each series; of several, any counts.
    scores
        High where it is anomalous. Only the place of the highest counts.
    tolerance
        How many steps before or after an event are near it; the length of the event, if that is more.

    Returns
    -------
    float
        1 or 0. If several steps have the highest score: the share of them that lie near, so that a constant score
        gives the share of such steps. Others take the first of them.

    Raises
    ------
    DataError
        If all or no steps are anomalous, scores are not finite or not one for each label.
    OptionError
        If the tolerance is not a whole number of at least 0.

    References
    ----------
    Wu & Keogh (2023), "Current time series anomaly detection benchmarks are flawed and are creating the illusion of
    progress", IEEE TKDE 35. Rewicki, Denzler & Niebling (2023), "Is it worth it?", Applied Sciences 13: the length.

    Examples
    --------
    >>> labels, scores = np.zeros(500), np.zeros(500)
    >>> labels[200:210], scores[300] = 1, 1
    >>> ucr_score(labels, scores), ucr_score(labels, scores, tolerance=20)
    (1.0, 0.0)
    """
    anomalous = checked_labels(labels)
    scores = checked_scores(scores, len(anomalous))
    check_length(tolerance, "tolerance")
    events = events_of(anomalous)
    margin = np.maximum(events.lengths, tolerance)
    edges = np.zeros(len(scores) + 1)
    np.add.at(edges, np.maximum(events.first - margin, 0), 1)
    np.add.at(edges, np.minimum(events.last + margin + 1, len(scores)), -1)
    near = np.cumsum(edges[:-1]) > 0
    return float(near[scores == scores.max()].mean())
