"""Classifiers of aeon under our manners: `fit` and `predict_proba` of a `SeriesSet`, refusing what they refuse.

MiniRocket and MultiRocket-Hydra end in a ridge classifier, which gives margins and no probabilities. Their
probabilities here are the softmax of the margins, with one margin for each class (two classes have m and −m), as a user
who wants some would take them. The nearest neighbour gives a class and nothing else.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.special import softmax

from attime.data import SeriesSet


class Model(Protocol):
    """What a contender builds."""

    classes_: np.ndarray

    def fit(self, X: SeriesSet) -> object:
        """Learn."""

    def predict_proba(self, X: SeriesSet) -> np.ndarray:
        """Return the probability of each class, in the order of `classes_`."""


class RidgePeer:
    """A classifier of aeon whose last step is scikit-learn's ridge classifier, stored under the attribute `head`."""

    def __init__(self, classifier: object, *, head: str) -> None:
        self.classifier, self.head = classifier, head

    def fit(self, X: SeriesSet) -> RidgePeer:
        """Learn from the series as they are."""
        self.classifier.fit(as_aeon_takes_it(X), X.labels)
        self.classes_ = self.classifier.classes_
        return self

    def predict_proba(self, X: SeriesSet) -> np.ndarray:
        """Return the softmax of the margins, which are computed once, on the way to the prediction."""
        ridge = getattr(self.classifier, self.head)
        margins: list[np.ndarray] = []

        def predict(features: np.ndarray) -> np.ndarray:
            margins.append(ridge.decision_function(features))
            return np.full(len(features), ridge.classes_[0])  # nobody reads it

        ridge.predict = predict
        try:
            self.classifier.predict(as_aeon_takes_it(X))
        finally:
            del ridge.predict
        return softmax(one_for_each_class(margins[0]), axis=1)


class NeighbourPeer:
    """A nearest neighbour of aeon: all the probability goes to one class."""

    def __init__(self, classifier: object) -> None:
        self.classifier = classifier

    def fit(self, X: SeriesSet) -> NeighbourPeer:
        """Remember the series."""
        self.classifier.fit(as_aeon_takes_it(X), X.labels)
        self.classes_ = self.classifier.classes_
        return self

    def predict_proba(self, X: SeriesSet) -> np.ndarray:
        """Return 1 for the class of the nearest series, 0 for the others."""
        found = np.asarray(self.classifier.predict(as_aeon_takes_it(X)))
        return (found[:, np.newaxis] == self.classes_).astype(np.float64)


def as_aeon_takes_it(series: SeriesSet) -> np.ndarray | list[np.ndarray]:
    """Return an array (case, channel, time), or a list of arrays (channel, time) where lengths differ and no gap is.

    In C order and double precision, so that numba has compiled for it before.
    """
    values = np.ascontiguousarray(series.values, dtype=np.float64)
    if series.observed.all() or series.gaps.any():
        return values
    return [np.ascontiguousarray(case[:, :length]) for case, length in zip(values, series.lengths, strict=True)]


def one_for_each_class(margins: np.ndarray) -> np.ndarray:
    """Return margins of shape (case, class); two classes come with a single one."""
    return np.stack([-margins, margins], axis=1) if margins.ndim == 1 else margins
