"""Whether one forecast is better than another by more than chance: the test of Diebold and Mariano."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int
from scipy.stats import t as student

from attime.errors import DataError
from attime.measures.forecasting.checks import check_count


@dataclass(frozen=True)
class DieboldMariano:
    """What the test finds; made by `diebold_mariano`.

    Attributes
    ----------
    mean_difference
        Mean loss of the first forecast minus that of the second: negative if the first is better.
    statistic
        The difference in units of its standard error; negative if the first is better.
    p_value
        Two-sided: how often chance makes a difference as large or larger. NaN, as the statistic, if there are no more
        origins than windows that overlap.
    n_origins
        Number of origins that both forecasts have a loss for.
    bartlett
        Whether the variance had to be estimated with Bartlett's weights, because without them it was not positive.
    """

    mean_difference: float
    statistic: float
    p_value: float
    n_origins: int
    bartlett: bool


def diebold_mariano(
    losses: Float[np.ndarray, " window"],
    other_losses: Float[np.ndarray, " window"],
    *,
    horizon: int,
    origins: Int[np.ndarray, " window"] | None = None,
) -> DieboldMariano:
    r"""Test whether two forecasts of the same windows have the same expected loss.

    With the differences d_t of the n origins, and their autocovariances γ_k,

        DM = mean(d) / √((γ_0 + 2 Σ_k γ_k) / n) · √((n + 1 − 2h + h (h − 1) / n) / n)

    where k runs over the origins less than `horizon` steps apart, whose windows overlap, and h = 1 + the number of such
    lags. The second root is the correction of Harvey, Leybourne and Newbold for small samples. If the sum is not
    positive, each γ_k gets Bartlett's weight 1 − distance / `horizon`, which never makes it negative.

    A deviation: DM is compared with Student's t of n / h − 1 degrees of freedom (the number of windows that do not
    overlap, less one; 1 at least), not n − 1. For h = 1 it is the same. With n − 1 the test finds a difference where
    there is none in 16 of 100 backtests of 100 origins and 24 steps, not in 5; with n / h − 1 in 8.

    Parameters
    ----------
    losses, other_losses
        Loss of each window, such as the mean over its steps, or the loss of one step ahead. NaN is passed over.
    horizon
        How many steps ahead the last step is that the losses are about: two windows whose origins are at least so far
        apart have no step in common.
    origins
        Time step at which each window begins. The windows of several series with the same origin become one, by the
        mean of their losses. None: one series and a window at every step; ``stride * np.arange(n_windows)`` for others.

    Raises
    ------
    DataError
        If shapes do not fit, losses are infinite, or no window has both losses.
    OptionError
        If `horizon` is not 1 or more.

    References
    ----------
    Diebold & Mariano (1995), "Comparing predictive accuracy", Journal of Business & Economic Statistics 13. Harvey,
    Leybourne & Newbold (1997), "Testing the equality of prediction mean squared errors", International Journal of
    Forecasting 13. Newey & West (1987), Econometrica 55: Bartlett's weights.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = diebold_mariano(rng.random(50), rng.random(50) + 0.2, horizon=1)
    >>> found.mean_difference < 0, found.p_value < 0.05
    (True, True)
    """
    check_count(horizon, "horizon")
    losses, other_losses = np.asarray(losses, dtype=np.float64), np.asarray(other_losses, dtype=np.float64)
    difference = losses - other_losses if losses.shape == other_losses.shape else np.empty(0)
    origins = np.arange(len(difference)) if origins is None else np.asarray(origins)
    if origins.shape != losses.shape or losses.ndim != 1 or np.isnan(difference).all() or np.isinf(difference).any():
        raise DataError(
            f"losses of shapes {losses.shape} and {other_losses.shape} at {origins.shape} origins arrived, expected a "
            "finite loss of both forecasts for the same windows; pass NaN for a window without one"
        )
    there = ~np.isnan(difference)
    times, place = np.unique(origins[there], return_inverse=True)
    by_origin = np.bincount(place, weights=difference[there]) / np.bincount(place)
    n, mean = len(times), float(by_origin.mean())
    h = 1 + (horizon - 1) // int(np.diff(times).min(initial=horizon))
    if not by_origin.any():
        return DieboldMariano(mean, statistic=0.0, p_value=1.0, n_origins=n, bartlett=False)
    if n <= h:
        return DieboldMariano(mean, statistic=math.nan, p_value=math.nan, n_origins=n, bartlett=False)
    covariances = _covariances(by_origin - mean, times, horizon)
    variance = float(covariances.sum())
    bartlett = variance <= 0
    if bartlett:
        variance = float(covariances @ (1 - np.arange(horizon) / horizon))
    corrected = mean * math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic = corrected / math.sqrt(variance / n) if variance > 0 else math.copysign(math.inf, mean)
    p_value = 2 * float(student.sf(abs(statistic), max(1.0, n / h - 1)))
    return DieboldMariano(mean, statistic, p_value, n_origins=n, bartlett=bartlett)


def _covariances(
    centred: Float64[np.ndarray, " origin"], times: Int[np.ndarray, " origin"], horizon: int
) -> Float64[np.ndarray, " lag"]:
    """Return γ_0 and, for each distance below `horizon`, twice γ: 0 where no two origins are so far apart."""
    found = np.zeros(horizon)
    found[0] = centred @ centred
    for lag in range(1, horizon):
        later = np.searchsorted(times, times + lag).clip(max=len(times) - 1)
        apart = times[later] - times == lag
        found[lag] = 2 * centred[later[apart]] @ centred[apart]
    return found / len(centred)
