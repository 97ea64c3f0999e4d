"""Orders of steps, and what an estimator says once the first steps of an order have been taken away.

Every measure that takes steps away, or puts them back, walks along such an order: that of an explanation, or a random
one to stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import softmax

from attime.data import SeriesSet
from attime.errors import DataError, OptionError
from attime.estimators import AttentionClassifier
from attime.explain.explanation import Explanation
from attime.explain.replacing import Replacement


@dataclass(frozen=True, eq=False)
class Answers:
    """What an estimator said of one class for each of several versions of the same cases."""

    logits: Float[np.ndarray, "case version"]
    probabilities: Float[np.ndarray, "case version"]


def places(
    relevance: Float[np.ndarray, "case time"], present: Bool[np.ndarray, "case time"], rng: np.random.Generator
) -> Int[np.ndarray, "case time"]:
    """Return the place of each step in its case, 0 for the highest; equal steps are put in an order by lot.

    By lot, and not by their position: relevance that is the same everywhere must do no better than a random order, and
    would if the true steps happened to come first. Absent steps come after all others.

    Examples
    --------
    >>> relevance, present = np.array([[0.2, 0.9, 5.0, 0.4]]), np.array([[True, True, False, True]])
    >>> places(relevance, present, np.random.default_rng(0))
    array([[2, 0, 3, 1]])
    """
    falling = np.where(present, -relevance.astype(np.float64), np.inf)
    order = np.lexsort((rng.random(relevance.shape), falling), axis=-1)
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    return place


def random_places(present: Bool[np.ndarray, "case time"], rng: np.random.Generator) -> Int[np.ndarray, "case time"]:
    """Return the places of the present steps in an order drawn by lot."""
    return places(np.zeros(present.shape), present, rng)


def count(share: float, n_present: Int[np.ndarray, " case"]) -> Int[np.ndarray, " case"]:
    """Return how many steps a share of each case is: rounded down, but one at least where the share is not 0.

    Examples
    --------
    >>> count(0.3, np.array([10, 19, 2]))
    array([3, 5, 1])
    """
    if share == 0:
        return np.zeros_like(n_present)
    # 0.3 · 10 is 3.0000000000000004 at times and 2.9999999999999996 at others.
    return np.maximum(1, np.floor(np.round(share * n_present, 9))).astype(n_present.dtype)


def answers(
    estimator: AttentionClassifier,
    explanation: Explanation,
    versions: Iterable[Bool[np.ndarray, "case time"]],
    replace: Replacement,
    seed: int,
) -> Answers:
    """Ask the estimator for the explained class, once for each set of steps that is taken away.

    One version of the series is in memory at a time. Ways of replacing that draw start from the same seed each time,
    so that a step which stays away has the same stand-in from one version to the next.
    """
    of_target = np.arange(len(explanation)), explanation.target_index
    logits, probabilities = [], []
    for steps in versions:
        changed = replace(explanation.series, steps, np.random.default_rng(seed)) if steps.any() else explanation.series
        found = _logits(estimator, changed)
        logits.append(found[of_target])
        probabilities.append(softmax(found, axis=1)[of_target])
    return Answers(np.stack(logits, axis=1), np.stack(probabilities, axis=1))


def refuse_regressors(estimator: object) -> None:
    """Refuse to measure what is measured on probabilities alone.

    Raises
    ------
    OptionError
        If it is no classifier.
    """
    if not isinstance(estimator, AttentionClassifier):
        raise OptionError(
            f"an estimator of type {type(estimator).__name__} arrived, but how far an explanation can be trusted is "
            "measured for classifiers only; where the true steps are known, measure_localisation measures any relevance"
        )


def check_fits(estimator: AttentionClassifier, explanation: Explanation) -> None:
    """Refuse an explanation that cannot be one of this estimator.

    Raises
    ------
    DataError
        If classes or the number of channels differ.
    OptionError
        If it is no classifier.
    """
    refuse_regressors(estimator)
    if not np.array_equal(estimator.classes_, explanation.classes):
        raise DataError(
            f"the explanation is about the classes {explanation.classes.tolist()}, the estimator knows "
            f"{estimator.classes_.tolist()}; give the estimator that was explained"
        )
    if estimator.n_channels_ != explanation.series.n_channels:
        raise DataError(
            f"the explanation is about series of {explanation.series.n_channels} channels, the estimator was fitted on "
            f"{estimator.n_channels_}; give the estimator that was explained"
        )


def _logits(estimator: AttentionClassifier, series: SeriesSet) -> Float[np.ndarray, "case class"]:
    return estimator.logits(series).astype(np.float64)
