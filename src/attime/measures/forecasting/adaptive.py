"""Adaptive conformal intervals: wider after a miss and narrower after a hit, so that coverage survives a change.

    α_(t + 1) = α_t + γ (α − miss_t)

where α_t is the share of misses that the next interval is made for, α the share that is wanted, and miss_t is 1 if the
actual value lay outside, else 0. Whatever the data do, the share of misses among T intervals differs from α by
(1 + γ) / (γ T) at most, if an interval for α_t ≤ 0 is infinite.

Gibbs & Candès (2021), "Adaptive conformal inference under distribution shift", NeurIPS,
https://arxiv.org/abs/2106.00170: equation 2, proposition 4.1.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from attime.errors import DataError, OptionError
from attime.measures.forecasting.checks import check_count, check_share
from attime.measures.forecasting.intervals import conformal_quantile

GAMMA = 0.005  # as in the paper: larger follows faster, smaller keeps intervals even


def adapted_miss_share(
    miss_share: Float[np.ndarray, " series"],
    actual: Float[np.ndarray, "time series"],
    low: Float[np.ndarray, "time series"],
    high: Float[np.ndarray, "time series"],
    *,
    coverage: float,
    gamma: float = GAMMA,
) -> Float64[np.ndarray, " series"]:
    """Return α after the outcomes of some intervals, of each series.

    Parameters
    ----------
    miss_share
        α before; to begin with, ``1 - coverage`` for every series. It may leave the range from 0 to 1.
    actual
        What came. Where it or an end of the interval is missing, nothing is learnt.
    low, high
        Ends of the intervals, in the order of time.
    coverage
        The share of actual values that intervals should hold.
    gamma
        Size of the update.

    Raises
    ------
    OptionError
        If `coverage` is not between 0 and 1, or `gamma` is not positive.

    Examples
    --------
    A hit and a miss; the next interval is to be made for ``conformal_quantile(sizes, 1 - miss_share)``:

    >>> before, actual = np.array([0.1]), np.array([[0.0], [5.0]])
    >>> adapted_miss_share(before, actual, actual * 0 - 1, actual * 0 + 1, coverage=0.9, gamma=0.05).round(3)
    array([0.06])
    """
    _check(coverage, gamma)
    known = ~np.isnan(actual) & ~np.isnan(low) & ~np.isnan(high)
    missed = known & ((actual < low) | (actual > high))
    return miss_share + gamma * ((1 - coverage) * known.sum(axis=0) - missed.sum(axis=0))


def adaptive_offsets(
    residuals: Float[np.ndarray, "time series"],
    *,
    coverage: float,
    n_first: int,
    gamma: float = GAMMA,
    delay: int = 1,
) -> Float64[np.ndarray, "time series"]:
    """Run through time, and return how far the interval reaches on either side of each forecast.

    Each is made of the residuals known by then, and of α adapted to the outcomes known by then; the bound above is
    that of `delay` 1.

    Parameters
    ----------
    residuals
        Actual value minus forecast, for one step ahead, in the order of time; NaN is passed over.
    coverage
        The share of actual values that intervals should hold.
    n_first
        How many residuals only prepare: the first interval is that after them.
    gamma
        Size of the update.
    delay
        After how many times the outcome is known: for the j-th step ahead ⌈j / stride⌉.

    Returns
    -------
    numpy.ndarray
        NaN for the first `n_first` times; infinite where nothing less keeps the promise.

    Raises
    ------
    DataError
        If there are no more than `n_first` residuals, or infinite ones.
    OptionError
        If `coverage` is not between 0 and 1, `gamma` not positive, or `n_first` or `delay` not 1 or more, or
        `delay` more than `n_first`.

    Examples
    --------
    Errors become three times as large in the middle:

    >>> rng = np.random.default_rng(0)
    >>> residuals = rng.normal(size=(1000, 1)) * np.repeat([1, 3], 500)[:, np.newaxis]
    >>> size = adaptive_offsets(residuals, coverage=0.9, n_first=100, gamma=0.05)
    >>> round(float(np.mean(np.abs(residuals[100:]) <= size[100:])), 2)
    0.90
    """
    residuals = np.asarray(residuals, dtype=np.float64)
    _check(coverage, gamma)
    check_count(n_first, "n_first")
    check_count(delay, "delay")
    if delay > n_first:
        raise OptionError(
            f"delay={delay} arrived with n_first={n_first}, expected no more: the first interval needs a residual that "
            "is known by then; give a higher n_first"
        )
    if residuals.ndim != 2 or len(residuals) <= n_first or np.isinf(residuals).any():
        raise DataError(
            f"residuals of shape {residuals.shape} arrived with n_first={n_first}, {np.isinf(residuals).sum()} of them "
            "infinite; expected finite ones of shape (time, series), more than n_first; give more, or a lower n_first"
        )
    sizes = np.full(residuals.shape, np.nan)
    miss_share = np.full(residuals.shape[1], 1 - coverage)
    for now in range(n_first, len(residuals)):
        latest = slice(now - delay, now - delay + 1)  # what becomes known now
        size = sizes[latest]
        miss_share = adapted_miss_share(miss_share, residuals[latest], -size, size, coverage=coverage, gamma=gamma)
        sizes[now] = conformal_quantile(np.abs(residuals[: latest.stop]), 1 - miss_share)
    return sizes


def _check(coverage: float, gamma: float) -> None:
    check_share(coverage, "coverage")
    if not gamma > 0:
        raise OptionError(f"gamma={gamma!r} arrived, expected a positive number; {GAMMA} is that of the paper")
