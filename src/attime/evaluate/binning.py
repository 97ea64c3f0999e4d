"""Probabilities in bins of equal width: how far the mean of a bin is from how often what it says comes true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

N_BINS = 15  # as in Guo et al. 2017


@dataclass(frozen=True, eq=False)
class Binned:
    """Cases sorted by a probability into bins.

    Attributes
    ----------
    counts
        Cases of each bin.
    confidence
        Their mean probability; NaN in an empty bin.
    frequency
        The share of them for which it came true; NaN in an empty bin.
    """

    counts: Int[np.ndarray, " bin"]
    confidence: Float[np.ndarray, " bin"]
    frequency: Float[np.ndarray, " bin"]

    @property
    def error(self) -> float:
        """Mean distance of probability and frequency, where a bin counts as much as it has cases."""
        filled = self.counts > 0
        distance = np.abs(self.confidence - self.frequency)[filled]
        return float(distance @ self.counts[filled] / self.counts.sum())

    @property
    def largest_error(self) -> float:
        """Distance of probability and frequency in the worst bin."""
        return float(np.nanmax(np.abs(self.confidence - self.frequency)))


def binned(probability: Float[np.ndarray, " case"], came_true: Bool[np.ndarray, " case"], n_bins: int) -> Binned:
    """Sort cases into `n_bins` bins from 0 to 1; a probability on the edge of two belongs to the lower.

    Examples
    --------
    >>> found = binned(np.array([0.5, 0.9, 0.7]), np.array([True, True, False]), 2)
    >>> found.counts, found.confidence, found.frequency
    (array([1, 2]), array([0.5, 0.8]), array([1. , 0.5]))
    """
    place = place_of(probability, n_bins)
    counts = np.bincount(place, minlength=n_bins)
    return Binned(counts, _means(place, probability, counts), _means(place, came_true.astype(np.float64), counts))


def place_of(probability: Float[np.ndarray, " case"], n_bins: int) -> Int[np.ndarray, " case"]:
    """Return the number of the bin of each case.

    Examples
    --------
    >>> place_of(np.array([0.0, 0.5, 0.51, 1.0]), 2)
    array([0, 0, 1, 1])
    """
    edges = np.linspace(0, 1, n_bins + 1)
    return np.clip(np.searchsorted(edges, probability, side="left") - 1, 0, n_bins - 1).astype(np.int64)


def _means(
    place: Int[np.ndarray, " case"], values: Float[np.ndarray, " case"], counts: Int[np.ndarray, " bin"]
) -> Float[np.ndarray, " bin"]:
    totals = np.bincount(place, weights=values, minlength=len(counts))
    return np.divide(totals, counts, out=np.full(len(counts), np.nan), where=counts > 0)
