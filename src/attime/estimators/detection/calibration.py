"""From scores to p-values, and from an alarm rate to a threshold: nobody has to guess how much is anomalous."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from jaxtyping import Float64

STEP = 0.1  # by which the level follows what was flagged
HIGHEST = 0.999  # level, however long nothing was flagged
MOST_SCORES = 20_000  # that are kept


@dataclass(frozen=True, eq=False)
class Calibration:
    """Scores of steps that were not learnt from, where all was normal.

    Attributes
    ----------
    scores
        In the order of time.

    Examples
    --------
    >>> calibration = Calibration(np.arange(99.0))
    >>> calibration.p_values(np.array([50.0, 98.0, 99.0]))
    array([0.5 , 0.02, 0.01])
    >>> calibration.threshold(0.02)
    97.0
    """

    scores: Float64[np.ndarray, " score"]

    @classmethod
    def of(cls, parts: Sequence[Float64[np.ndarray, " time"]]) -> Self:
        """Take what is known of these scores; of too many every second, third or so, from all parts alike."""
        every = np.concatenate(parts)
        every = every[~np.isnan(every)]
        return cls(every[:: max(1, -(-len(every) // MOST_SCORES))])

    def with_later(self, parts: Sequence[Float64[np.ndarray, " time"]]) -> Self:
        """Add later scores; of too many the earliest are forgotten."""
        every = np.concatenate([self.scores, *parts])
        return type(self)(every[~np.isnan(every)][-MOST_SCORES:])

    @cached_property
    def ordered(self) -> Float64[np.ndarray, " score"]:
        """The scores from the lowest to the highest."""
        return np.sort(self.scores)

    def p_values(self, scores: Float64[np.ndarray, " time"]) -> Float64[np.ndarray, " time"]:
        """Return p = (1 + number of calibration scores as high) / (1 + their number); NaN where there is no score.

        For a normal step, as exchangeable with those of calibration as it may be, p ≤ α has probability α at most
        (Vovk, Gammerman & Shafer 2005; Laxhammar & Falkman 2015).
        """
        n_as_high = len(self.ordered) - np.searchsorted(self.ordered, scores, side="left")
        return np.where(np.isnan(scores), np.nan, (1 + n_as_high) / (1 + len(self.scores)))

    @property
    def rarest(self) -> float:
        """The lowest p-value that there can be: of a score above all of them."""
        return 1 / (1 + len(self.scores))

    def threshold(self, level: float) -> float:
        """Return the score above which p-values are at most `level`; infinite where none can be so low."""
        n_as_high = int(level * (1 + len(self.scores)) + 1e-9) - 1
        if n_as_high < 0:
            return np.inf
        return float(self.ordered[-1 - n_as_high]) if n_as_high < len(self.scores) else -np.inf


@dataclass
class Level:
    """A level of significance that follows what was flagged, so that the rate asked for holds in the long run.

    α ← α + γ (α₀ − flagged), adaptive conformal inference (Gibbs & Candès 2021, https://arxiv.org/abs/2106.00170,
    equation 2): each alarm makes the next a little harder, and every quiet step easier. Where the series drifts away
    from what was learnt, p-values alone would raise an alarm at every step.

    Attributes
    ----------
    asked
        The rate, as a share of the steps.
    now
        α at present.
    step
        γ; 0 to stay.
    """

    asked: float
    now: float
    step: float = STEP

    def follow(self, p_values: Float64[np.ndarray, " time"]) -> Float64[np.ndarray, " time"]:
        """Go on through time; return the level at each step, which is flagged if its p-value is not above that.

        The level stays below 1: a step that is more usual than all of calibration is never flagged. And it stays where
        it is while there is no p-value: an interruption earns no alarms.
        """
        levels = np.empty(len(p_values))
        for number, p_value in enumerate(p_values.tolist()):
            levels[number] = self.now
            if not math.isnan(p_value):
                self.now = min(self.now + self.step * (self.asked - (p_value <= self.now)), HIGHEST)
        return levels
