"""How sure a mean over cases is: its 95 % interval by Student's t, or Wilson's where a case is either right or wrong.

The cases are what was drawn; the next ones would give another mean. Student's interval needs no draws of its own, so it
is the same in every run, and it widens as it should where there are few cases (the bootstrap's percentiles do not).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri, stdtrit

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Interval:
    """A mean over cases, and the lower and upper end of its interval, each with one number for each column."""

    mean: Float[np.ndarray, "*column"]
    low: Float[np.ndarray, "*column"]
    high: Float[np.ndarray, "*column"]


def mean_interval(values: Float[np.ndarray, " case *column"]) -> Interval:
    """Return the mean over cases with its 95 % interval, mean ± t · s / √n.

    One case alone says nothing about the next one: its interval is infinite.

    Examples
    --------
    >>> found = mean_interval(np.array([1.0, 2.0, 3.0]))
    >>> float(found.mean), round(float(found.low), 2), round(float(found.high), 2)
    (2.0, -0.48, 4.48)
    """
    n_cases = len(values)
    mean = np.asarray(values.mean(axis=0))
    if n_cases < 2:
        return Interval(mean, np.full_like(mean, -np.inf), np.full_like(mean, np.inf))
    half = stdtrit(n_cases - 1, (1 + LEVEL) / 2) * values.std(axis=0, ddof=1) / np.sqrt(n_cases)
    return Interval(mean, np.asarray(mean - half), np.asarray(mean + half))


def share_interval(values: Float[np.ndarray, " case"]) -> Interval:
    """Return the mean of numbers that are 0 or 1 with its 95 % interval by Wilson's score.

    Student's interval would have no width if all cases are alike, as 0 of 20 often are where 1 of 20 is expected.

    Examples
    --------
    >>> found = share_interval(np.zeros(20))
    >>> float(found.mean), round(float(found.low), 2), round(float(found.high), 2)
    (0.0, 0.0, 0.16)
    """
    n_cases, share, z = len(values), values.mean(), ndtri((1 + LEVEL) / 2)
    middle = (share + z**2 / (2 * n_cases)) / (1 + z**2 / n_cases)
    half = z / (1 + z**2 / n_cases) * np.sqrt(share * (1 - share) / n_cases + z**2 / (4 * n_cases**2))
    # At 0 and 1 rounding may put the end of the interval a hair inside of its own share.
    return Interval(
        np.asarray(share),
        np.asarray(np.clip(middle - half, 0.0, share)),
        np.asarray(np.clip(middle + half, share, 1.0)),
    )
