"""Affiliation: how near are predictions to events, in units of how near a prediction at random would be?

Each event J owns a zone E: the time that is nearer to it than to any other event. Within the zone, with X uniform on E,

    precision of J = mean over predicted x of  P( dist(X, J) > dist(x, J) )
    recall of J    = mean over y in J of       P( |X − y| > dist(y, predictions in E) )

where time is continuous: step t is the interval from t to t + 1. A prediction in the event has precision 1, one as far
away as possible 0. Recall is the mean over events, 0 for those without a prediction in their zone; precision is the
mean over the events with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Shaped

from attime.evaluate.detection.checks import checked_labels, checked_predictions
from attime.evaluate.detection.events import events_of
from attime.evaluate.detection.ranges import harmonic


@dataclass(frozen=True)
class Affiliation:
    """How near predictions are to events; made by `affiliation`.

    Attributes
    ----------
    precision, recall
        From 0 to 1; predictions at random have about one half, and a recall of nearly 1 if there are many.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 if both are 0."""
        return harmonic(self.precision, self.recall)


def affiliation(labels: Shaped[np.ndarray, " time"], predictions: Shaped[np.ndarray, " time"]) -> Affiliation:
    """Measure how near predictions are to events, and events to predictions.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    predictions
        1 at steps predicted to be anomalous, 0 at others. Without any, precision and recall are 0; the published code
        gives a precision of NaN then.

    Raises
    ------
    DataError
        If all or no steps are anomalous, predictions are not 0 or 1, or not one for each label.

    References
    ----------
    Huet, Navarro & Rossi (2022), "Local evaluation of time series anomaly detection algorithms", KDD,
    https://arxiv.org/abs/2206.13167.

    Examples
    --------
    >>> labels, predictions = np.zeros(100), np.zeros(100)
    >>> labels[40:50], predictions[52:56] = 1, 1
    >>> found = affiliation(labels, predictions)
    >>> round(found.precision, 2), round(found.recall, 2)
    (0.82, 0.86)
    """
    anomalous = checked_labels(labels)
    predicted = events_of(checked_predictions(predictions, len(anomalous)))
    events = events_of(anomalous)
    begin, end = events.first.astype(np.float64), events.last + 1.0
    borders = np.concatenate([[0.0], (end[:-1] + begin[1:]) / 2, [float(len(anomalous))]])
    precisions, recalls = [], []
    for event, zone in zip(zip(begin, end, strict=True), pairwise(borders), strict=True):
        low = int(np.searchsorted(predicted.last + 1, zone[0], "right"))
        high = int(np.searchsorted(predicted.first, zone[1], "left"))
        if low == high:
            recalls.append(0.0)
            continue
        starts = np.maximum(predicted.first[low:high], zone[0])
        stops = np.minimum(predicted.last[low:high] + 1.0, zone[1])
        precisions.append(_precision(starts, stops, event, zone))
        recalls.append(_recall(starts, stops, event, zone))
    return Affiliation(float(np.mean(precisions)) if precisions else 0.0, float(np.mean(recalls)))


def _precision(
    starts: Float[np.ndarray, " range"],
    stops: Float[np.ndarray, " range"],
    event: tuple[float, float],
    zone: tuple[float, float],
) -> float:
    """Integrate P( dist(X, J) > d ) over the predictions: 1 in the event, and beside it over their distances d."""
    sides = [event[0] - zone[0], zone[1] - event[1]]

    def integral(distance: Float[np.ndarray, " range"]) -> Float[np.ndarray, " range"]:
        """Integrate 1 − ( |J| + min(d, left side) + min(d, right side) ) / |E| from 0 to a distance."""
        nearer = (event[1] - event[0]) * distance
        for side in sides:
            within = np.minimum(distance, side)
            nearer = nearer + within**2 / 2 + side * (distance - within)
        return distance - nearer / (zone[1] - zone[0])

    inside = np.maximum(np.minimum(stops, event[1]) - np.maximum(starts, event[0]), 0.0)
    before = integral(np.maximum(event[0] - starts, 0.0)) - integral(np.maximum(event[0] - stops, 0.0))
    after = integral(np.maximum(stops - event[1], 0.0)) - integral(np.maximum(starts - event[1], 0.0))
    return float((inside + before + after).sum() / (stops - starts).sum())


def _recall(
    starts: Float[np.ndarray, " range"],
    stops: Float[np.ndarray, " range"],
    event: tuple[float, float],
    zone: tuple[float, float],
) -> float:
    """Integrate P( |X − y| > dist(y, predictions) ) over the event: linear in y between the points where it bends."""
    gaps = (stops[:-1] + starts[1:]) / 2
    edges = np.concatenate([starts, stops])
    # A bend where a prediction is as far as an end of the zone, where two are equally far, and at their own edges.
    bends = np.concatenate([edges, gaps, (edges + zone[0]) / 2, (edges + zone[1]) / 2])
    y = np.unique(np.concatenate([event, np.clip(bends, *event)]))
    after = np.searchsorted(starts, y, "right")  # how many predictions begin at or before y
    behind = np.maximum(y - np.concatenate([[-np.inf], stops])[after], 0.0)
    ahead = np.concatenate([starts, [np.inf]])[after] - y
    distance = np.minimum(behind, ahead)
    nearer = np.minimum(distance, y - zone[0]) + np.minimum(distance, zone[1] - y)
    return float(np.trapezoid(1 - nearer / (zone[1] - zone[0]), y) / (event[1] - event[0]))
