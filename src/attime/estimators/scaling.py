"""How an estimator brings series to one scale before its network sees them: the choices by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, Self

import numpy as np
from jaxtyping import Float, Float32

from attime.data import TrainingScale, scale_by_case


class Scale(Protocol):
    """What a way of scaling can do; its arrays are what it has learnt."""

    @classmethod
    def fit_blocks(cls, blocks: Iterable[Float[np.ndarray, "case channel time"]]) -> Self:
        """Learn from the training cases."""

    def apply(self, values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case feature time"]:
        """Return the series on the new scale; NaN stays NaN."""


class NoScale:
    """Leave the series as they are."""

    @classmethod
    def fit_blocks(cls, blocks: Iterable[Float[np.ndarray, "case channel time"]]) -> Self:
        """Learn nothing."""
        return cls()

    def apply(self, values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case channel time"]:
        """Return the series as they are."""
        return values.astype(np.float32, copy=False)


class CaseScale(NoScale):
    """Each case and channel gets mean 0 and standard deviation 1: shape counts, level and size do not."""

    def apply(self, values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case channel time"]:
        """Return the series, each on its own scale."""
        return scale_by_case(values)


class BothScales(TrainingScale):
    """Each channel twice: on its own scale and on that of the training cases, so that shape and level both count."""

    def apply(self, values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case feature time"]:
        """Return the series twice, one behind the other on the channel axis."""
        return np.concatenate([scale_by_case(values), super().apply(values)], axis=1)


SCALES: dict[str, type[Scale]] = {"case": CaseScale, "training": TrainingScale, "both": BothScales, "none": NoScale}
