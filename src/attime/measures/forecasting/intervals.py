"""Conformal intervals: how far forecasts were off on windows held out says how wide an honest interval is.

If the windows held out and those to come are exchangeable, the interval holds the actual value at least as often as it
promises, whatever the model: the quantile is that of n + 1 residuals, of which the one to come is the largest
possible. Windows of one series that overlap or drift are not exchangeable: give their `stride`, look at the measured
coverage of `forecast_errors`, and see `adaptive_offsets`.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64, Int

from attime.errors import DataError
from attime.measures.forecasting.checks import check_count, check_levels, check_quantiles

ROUNDING = 1e-9  # (9 + 1) · 0.9 is 9, not a hair above it


def split_conformal(
    residuals: Float[np.ndarray, "window step"],
    levels: Float[np.ndarray, " level"],
    *,
    symmetric: bool = True,
    stride: int | None = None,
) -> Float64[np.ndarray, "step level"]:
    """Return what to add to a forecast for its quantiles: ``forecast[..., None] + offsets``.

    Parameters
    ----------
    residuals
        Actual value minus forecast, on windows that the model has not learnt from; NaN is passed over.
    levels
        Of the quantiles, increasing between 0 and 1; two that mirror each other make an interval.
    symmetric
        Take the size of the residuals alone: intervals are then as far up as down, and narrower with few windows. Else
        both sides are measured by themselves.
    stride
        Steps between the origins of windows that overlap. The j-th step ahead then counts for n / ⌈j / stride⌉
        residuals, which widens the interval, but not beyond the largest residual: a stated approximation, not a
        promise. None: the windows are exchangeable.

    Returns
    -------
    numpy.ndarray
        Infinite where too few windows are held out for any finite promise: an interval of 90 % needs nine of them if
        it is symmetric, nineteen if not.

    Raises
    ------
    DataError
        If residuals are infinite, or there are none.
    OptionError
        If levels do not increase between 0 and 1, or `stride` is not 1 or more.

    References
    ----------
    Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world". Lei et al. (2018), "Distribution-free
    predictive inference for regression", Journal of the American Statistical Association 113: the split.

    Examples
    --------
    >>> residuals = np.array([[-9.0], [1.0], [2.0], [-3.0], [4.0], [-5.0], [6.0], [7.0], [-8.0]])
    >>> split_conformal(residuals, np.array([0.1, 0.5, 0.9]))
    array([[-8.,  0.,  8.]])
    >>> split_conformal(residuals, np.array([0.1, 0.5, 0.9]), symmetric=False)
    array([[-9.,  1.,  7.]])
    """
    residuals, levels = np.asarray(residuals, dtype=np.float64), np.asarray(levels, dtype=np.float64)
    if not symmetric:
        return _one_sided(np.repeat(residuals[..., np.newaxis], len(levels), axis=2), levels, stride)
    overlap = _overlap(residuals, levels, stride)
    shares = np.abs(2 * levels - 1)
    size = np.stack([conformal_quantile(np.abs(residuals), share, overlap=overlap) for share in shares], axis=-1)
    return np.select([levels > 0.5, levels < 0.5], [size, -size], 0.0)


def conformalised_quantiles(
    actual: Float[np.ndarray, "window step"],
    quantiles: Float[np.ndarray, "window step level"],
    levels: Float[np.ndarray, " level"],
    *,
    stride: int | None = None,
) -> Float64[np.ndarray, "step level"]:
    """Return what to add to forecasts of quantiles so that they keep their promise: ``quantiles + offsets``.

    Each level is put right by itself, the second theorem of the paper, so that both tails of an interval keep their
    share. Offsets may be negative: intervals that were too wide become narrower. Quantiles of neighbouring levels may
    cross afterwards; ``np.sort`` along the levels mends that.

    Parameters
    ----------
    actual
        What came, in windows that the model has not learnt from; NaN is passed over.
    quantiles, levels
        What was forecast for them.
    stride
        As for `split_conformal`, and so are the errors.

    References
    ----------
    Romano, Patterson & Candès (2019), "Conformalized quantile regression", NeurIPS, https://arxiv.org/abs/1905.03222.

    Examples
    --------
    >>> actual = np.arange(-10.0, 11.0)[:, np.newaxis]
    >>> conformalised_quantiles(actual, np.tile([-1.0, 1.0], (21, 1, 1)), np.array([0.1, 0.9]))
    array([[-8.,  8.]])
    """
    actual, quantiles = np.asarray(actual, dtype=np.float64), np.asarray(quantiles, dtype=np.float64)
    levels = np.asarray(levels, dtype=np.float64)
    check_quantiles(quantiles, levels, actual.shape)
    return _one_sided(actual[..., np.newaxis] - quantiles, levels, stride)


def conformal_quantile(
    scores: Float[np.ndarray, "window step"],
    share: float | Float[np.ndarray, " step"],
    *,
    overlap: int | Int[np.ndarray, " step"] = 1,
) -> Float64[np.ndarray, " step"]:
    """Return the ⌈(n + 1) · share⌉-th smallest of n scores, for each step: one to come is no larger so often.

    Infinite if there is no such score; the smallest if `share` is 0 or less. Of windows that overlap, n / `overlap`
    count, and the result is at most the largest score.

    Examples
    --------
    >>> conformal_quantile(np.array([[3.0], [1.0], [2.0], [np.nan]]), 0.75).item()
    3.0
    >>> conformal_quantile(np.array([[3.0], [1.0], [2.0], [np.nan]]), 0.76).item()
    inf
    """
    n = np.sum(~np.isnan(scores), axis=0)
    effective = np.maximum(n / overlap, 1)
    of_effective = np.ceil((effective + 1) * share - ROUNDING) / effective
    rank = np.ceil(n * np.minimum(of_effective, 1) - ROUNDING)
    # NaN is sorted to the end; what lies behind the last score is infinite.
    ordered = np.sort(scores, axis=0)
    found = np.take_along_axis(ordered, np.clip(rank, 1, np.maximum(n, 1)).astype(int)[np.newaxis] - 1, axis=0)[0]
    return np.where((n == 0) | ((n + 1) * share - ROUNDING > n), np.inf, found)


def _one_sided(
    residuals: Float[np.ndarray, "window step level"], levels: Float[np.ndarray, " level"], stride: int | None
) -> Float64[np.ndarray, "step level"]:
    overlap = _overlap(residuals, levels, stride)
    offsets = [
        conformal_quantile(of_level, level, overlap=overlap)
        if level >= 0.5
        else -conformal_quantile(-of_level, 1 - level, overlap=overlap)
        for of_level, level in zip(np.moveaxis(residuals, -1, 0), levels, strict=True)
    ]
    return np.stack(offsets, axis=-1)


def _overlap(residuals: np.ndarray, levels: np.ndarray, stride: int | None) -> int | Int[np.ndarray, " step"]:
    """Return how many windows share what makes the error of each step ahead; refuse what cannot be used."""
    check_levels(levels)
    if residuals.ndim < 2 or residuals.size == 0 or np.isinf(residuals).any():
        raise DataError(
            f"residuals of shape {residuals.shape} arrived, {np.isinf(residuals).sum()} of them infinite; expected "
            "finite ones of shape (window, step) with one of each at least; use NaN for what is missing"
        )
    if stride is None:
        return 1
    check_count(stride, "stride")
    return -(-np.arange(1, residuals.shape[1] + 1) // stride)
