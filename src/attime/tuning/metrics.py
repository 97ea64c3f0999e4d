"""What a search may seek: measures of predicted probabilities, and which way is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from sklearn.metrics import log_loss

Measure = Callable[[Int[np.ndarray, " case"], Float[np.ndarray, "case class"]], float]


@dataclass(frozen=True)
class Metric:
    """A measure of probabilities, given the number of its class for each case.

    Examples
    --------
    >>> METRICS["accuracy"].measure(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    0.5
    """

    measure: Measure
    more_is_better: bool

    def better(self, score: float, than: float) -> bool:
        """Say whether a score beats another."""
        return score > than if self.more_is_better else score < than


def _log_loss(truth: Int[np.ndarray, " case"], shares: Float[np.ndarray, "case class"]) -> float:
    return float(log_loss(truth, shares, labels=np.arange(shares.shape[1])))


def _accuracy(truth: Int[np.ndarray, " case"], shares: Float[np.ndarray, "case class"]) -> float:
    return float(np.mean(shares.argmax(1) == truth))


def _balanced_accuracy(truth: Int[np.ndarray, " case"], shares: Float[np.ndarray, "case class"]) -> float:
    """Return the mean of the accuracies of the classes; a fold may lack one."""
    found = shares.argmax(1) == truth
    return float(np.mean([found[truth == number].mean() for number in np.unique(truth)]))


METRICS: dict[str, Metric] = {
    "log_loss": Metric(_log_loss, more_is_better=False),
    "accuracy": Metric(_accuracy, more_is_better=True),
    "balanced_accuracy": Metric(_balanced_accuracy, more_is_better=True),
}
