"""What all methods of explanation share: from an estimator, series and a class for each to relevance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int

from attime.attention import AttentionMap
from attime.data import SeriesSet
from attime.estimators import AttentionEstimator
from attime.options import Options


@dataclass(frozen=True, eq=False)
class Relevance:
    """What a method finds.

    Attributes
    ----------
    values
        Shape (case, channel, time), or with one channel where a method does not divide among channels.
    maps
        Attention maps that the method looked at.
    """

    values: Float[np.ndarray, "case channel time"]
    maps: tuple[AttentionMap, ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """What a method finds, and what the estimator predicts on the way.

    Attributes
    ----------
    relevance
        For the class in `targets`.
    targets
        The number of the class that was explained, for each case; 0 for a regressor, which has one outcome.
    outcomes
        The logits of a classifier, the number of a regressor.
    """

    relevance: Relevance
    targets: Int[np.ndarray, " case"]
    outcomes: Float64[np.ndarray, "case class"]


class Method(Options):
    """A way of asking a fitted estimator which steps mattered; its fields are its options."""

    def find(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"] | None,
        rng: np.random.Generator,
    ) -> Found:
        """Predict, and return the relevance for the classes `targets`, or for those predicted if it is None."""
        outcomes = estimator.outcomes(series).astype(np.float64)
        chosen = outcomes.argmax(axis=1) if targets is None else targets
        return Found(self.relevance(estimator, series, chosen, rng), chosen, outcomes)

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return how relevant each step is for the class.

        Parameters
        ----------
        estimator
            Fitted.
        series
            What to explain; channels are those of `estimator`.
        targets
            The number of the class to be explained, for each case; all 0 for a regressor.
        rng
            Source of everything random.
        """
        raise NotImplementedError
