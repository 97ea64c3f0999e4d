"""One score out of energies in different units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float64

from attime.estimators.detection.scoring import Energies

TYPICAL, USUAL = 0.5, 0.99  # quantiles of what is seen where all is normal
SMALLEST = 0.01  # distance, in deviations of the channel: what is smaller is rounding
NEAR_ZERO = 1e-3  # added to ratios, so that one view that fits exactly does not silence the others


@dataclass(frozen=True, eq=False)
class Fusion:
    """The mean over views, in that group of channels where it is highest: a fault in one channel is a fault.

    A distance e becomes log(e / u), where u is what 99 % of the steps in training stay below, so that the mean over
    views is a product of ratios. Any other energy becomes (e − m) / (u − m), where m is the median.

    Attributes
    ----------
    typical, usual
        m and u of each part.
    are_distances
        Whether energies begin at zero.
    """

    typical: Float64[np.ndarray, "group view"]
    usual: Float64[np.ndarray, "group view"]
    are_distances: bool

    @classmethod
    def fit(cls, energies: Sequence[Energies], *, are_distances: bool) -> Self:
        """Learn units from energies of steps that were not learnt from."""
        every = np.concatenate(energies)
        typical, usual = (np.nan_to_num(_quantile(every, share), posinf=1.0) for share in (TYPICAL, USUAL))
        least = SMALLEST if are_distances else typical + SMALLEST
        return cls(typical, np.maximum(usual, least), are_distances)

    def by_group(self, energies: Energies) -> Float64[np.ndarray, "time group"]:
        """Return the score of each group; 1 is about what 99 % of the steps in training stay below."""
        if self.are_distances:
            return np.exp(_mean(np.log(NEAR_ZERO + energies / self.usual)))
        return _mean((energies - self.typical) / (self.usual - self.typical))

    def scores(self, energies: Energies) -> Float64[np.ndarray, " time"]:
        """Return one score for each step; NaN where nothing can be said."""
        return highest_of(self.by_group(energies))


def highest_of(by_group: Float64[np.ndarray, "time group"]) -> Float64[np.ndarray, " time"]:
    """Return the highest score over groups; NaN where none is known."""
    highest = np.where(np.isnan(by_group), -np.inf, by_group).max(1)
    return np.where(np.isinf(highest), np.nan, highest)


def _quantile(every: Energies, share: float) -> Float64[np.ndarray, "group view"]:
    """Return a quantile of what is known of each part; infinite where nothing is."""
    ordered = np.sort(np.where(np.isnan(every), np.inf, every), 0)
    number = np.ceil(share * np.isfinite(ordered).sum(0)).astype(int) - 1
    return np.take_along_axis(ordered, number.clip(min=0)[None], 0)[0]


def _mean(parts: Float64[np.ndarray, "time group view"]) -> Float64[np.ndarray, "time group"]:
    known = ~np.isnan(parts)
    with np.errstate(invalid="ignore"):
        return np.where(known, parts, 0.0).sum(-1) / known.sum(-1)
