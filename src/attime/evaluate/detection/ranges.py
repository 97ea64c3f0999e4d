"""Precision and recall of ranges: how much of each event is found, where in it, and in how many pieces.

The reward of a range R, for being covered by the ranges of the other side, is

    reward(R) = (number of them)^−1 · Σ of bias over the covered steps of R / Σ of bias over all steps of R

Recall is the mean reward of the true ranges, precision that of the predicted ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from attime.errors import OptionError
from attime.evaluate.detection.checks import checked_labels, checked_predictions
from attime.evaluate.detection.events import events_of

Bias = Literal["flat", "front", "middle", "back"]
Cardinality = Literal["reciprocal", "one"]

# What a step is worth, from its place in the range (1 for the first) and the length of the range.
BIASES: dict[str, Callable[[Int[np.ndarray, " step"], Int[np.ndarray, " step"]], Int[np.ndarray, " step"]]] = {
    "flat": lambda place, length: np.ones_like(place),
    "front": lambda place, length: length - place + 1,
    "middle": lambda place, length: np.where(2 * place <= length, place, length - place + 1),
    "back": lambda place, length: place,
}
# What a range is worth that so many ranges of the other side cover.
CARDINALITIES: dict[str, Callable[[Int[np.ndarray, " event"]], Float[np.ndarray, " event"]]] = {
    "reciprocal": lambda n_ranges: 1 / np.maximum(n_ranges, 1),
    "one": lambda n_ranges: np.ones(len(n_ranges)),
}


def range_recall(
    labels: Shaped[np.ndarray, " time"],
    predictions: Shaped[np.ndarray, " time"],
    *,
    existence: float = 0.0,
    bias: Bias = "flat",
    cardinality: Cardinality = "reciprocal",
) -> float:
    """Measure how much of each true event is predicted, as the mean over the events.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    predictions
        1 at steps predicted to be anomalous, 0 at others.
    existence
        Share of the reward, from 0 to 1, for being found at all (α of the paper).
    bias
        Which part of an event counts most.
    cardinality
        ``"reciprocal"``: an event found in n pieces earns one n-th; ``"one"``: pieces do not matter.

    Returns
    -------
    float
        From 0 to 1; 0 if nothing is predicted.

    Raises
    ------
    DataError
        If all or no steps are anomalous, predictions are not 0 or 1, or not one for each label.
    OptionError
        If an option has a value that is not named here.

    References
    ----------
    Tatbul et al. (2018), "Precision and recall for time series", NeurIPS, https://arxiv.org/abs/1803.03639.

    Examples
    --------
    >>> labels = np.array([0, 1, 1, 1, 1, 0, 0])
    >>> range_recall(labels, np.array([0, 1, 0, 1, 0, 0, 0]))
    0.25
    >>> range_recall(labels, np.array([0, 1, 0, 1, 0, 0, 0]), cardinality="one", bias="front", existence=0.5)
    0.8
    """
    anomalous = checked_labels(labels)
    predicted = checked_predictions(predictions, len(anomalous))
    if isinstance(existence, bool) or not isinstance(existence, int | float) or not 0 <= existence <= 1:
        raise OptionError(f"existence={existence!r} arrived, expected a share; give a number from 0 to 1")
    return _mean_reward(anomalous, predicted, existence, bias, cardinality)


def range_precision(
    labels: Shaped[np.ndarray, " time"],
    predictions: Shaped[np.ndarray, " time"],
    *,
    bias: Bias = "flat",
    cardinality: Cardinality = "reciprocal",
) -> float:
    """Measure how much of each predicted event is anomalous, as the mean over them: all else as for `range_recall`.

    There is no reward for existence, as the paper says.

    Examples
    --------
    >>> range_precision(np.array([0, 1, 1, 1, 1, 0, 0]), np.array([0, 0, 1, 0, 1, 1, 0]))
    0.75
    """
    anomalous = checked_labels(labels)
    predicted = checked_predictions(predictions, len(anomalous))
    return _mean_reward(predicted, anomalous, 0.0, bias, cardinality)


def range_f1(
    labels: Shaped[np.ndarray, " time"],
    predictions: Shaped[np.ndarray, " time"],
    *,
    existence: float = 0.0,
    bias: Bias = "flat",
    cardinality: Cardinality = "reciprocal",
) -> float:
    """Measure the harmonic mean of `range_precision` and `range_recall`; 0 if both are.

    TSB-AD reports it with ``existence=0.2``, at the best of 100 thresholds.

    Examples
    --------
    >>> range_f1(np.array([0, 1, 1, 1, 1, 0, 0]), np.array([0, 0, 1, 1, 0, 0, 0]))
    0.667
    """
    precision = range_precision(labels, predictions, bias=bias, cardinality=cardinality)
    recall = range_recall(labels, predictions, existence=existence, bias=bias, cardinality=cardinality)
    return harmonic(precision, recall)


def harmonic(precision: float, recall: float) -> float:
    """Return the harmonic mean; 0 if both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _mean_reward(
    ranges: Bool[np.ndarray, " time"],
    covering: Bool[np.ndarray, " time"],
    existence: float,
    bias: str,
    cardinality: str,
) -> float:
    for name, given, known in (("bias", bias, BIASES), ("cardinality", cardinality, CARDINALITIES)):
        if given not in known:
            raise OptionError(f"{name}={given!r} arrived, expected one of: {', '.join(known)}")
    events, others = events_of(ranges), events_of(covering)
    n_events = len(events.first)
    if n_events == 0:
        return 0.0
    steps, owner = np.flatnonzero(ranges), np.repeat(np.arange(n_events), events.lengths)
    worth = BIASES[bias](steps - events.first[owner] + 1, events.lengths[owner]).astype(np.float64)
    covered = np.bincount(owner, worth * covering[steps]) / np.bincount(owner, worth)
    n_others = np.searchsorted(others.first, events.last, "right") - np.searchsorted(others.last, events.first, "left")
    reward = existence * (n_others > 0) + (1 - existence) * CARDINALITIES[cardinality](n_others) * covered
    return float(reward.mean())
