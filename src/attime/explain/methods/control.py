"""The control: relevance that knows nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from attime.data import SeriesSet
from attime.estimators import AttentionEstimator
from attime.explain.methods.method import Method, Relevance


@dataclass
class RandomRelevance(Method):
    """Numbers drawn uniformly between 0 and 1; what a method must beat to have said anything."""

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return random numbers; see `Method.relevance`."""
        return Relevance(rng.random((len(series), 1, series.n_steps)))
