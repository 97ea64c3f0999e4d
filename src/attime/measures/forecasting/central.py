"""Central intervals: what lies between the quantiles of levels τ and 1 − τ, and whether the actual value does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

SAME = 1e-9  # levels such as 0.1 and 1 − 0.9 differ by rounding


@dataclass(frozen=True, eq=False)
class CentralIntervals:
    """Both ends of each interval, and the share of actual values that it should hold; from narrow to wide."""

    low: Float64[np.ndarray, "window step interval"]
    high: Float64[np.ndarray, "window step interval"]
    nominal: Float64[np.ndarray, " interval"]

    def holds(self, actual: Float64[np.ndarray, "window step"]) -> Float64[np.ndarray, "window step interval"]:
        """Return 1 where an interval holds the actual value, 0 where not, and NaN where anything is missing."""
        value = actual[..., np.newaxis]
        inside = (self.low <= value) & (value <= self.high)
        return np.where(np.isnan(self.low) | np.isnan(self.high) | np.isnan(value), np.nan, inside)


def central_intervals(
    quantiles: Float64[np.ndarray, "window step level"], levels: Float64[np.ndarray, " level"]
) -> CentralIntervals:
    """Find the levels that mirror each other around 1/2; others, the median among them, make no interval.

    Examples
    --------
    >>> central_intervals(np.array([[[-1.0, 0.0, 2.0]]]), np.array([0.1, 0.5, 0.9])).nominal
    array([0.8])
    """
    lower, upper = np.nonzero(np.abs(levels[:, np.newaxis] + levels - 1) < SAME)
    lower, upper = lower[lower < upper][::-1], upper[lower < upper][::-1]
    return CentralIntervals(
        low=quantiles[..., lower], high=quantiles[..., upper], nominal=levels[upper] - levels[lower]
    )
