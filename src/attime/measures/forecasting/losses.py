"""How much one forecast of one step costs: the terms that every error is a mean of."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Float64

from attime.errors import DataError
from attime.measures.forecasting.checks import check_count
from attime.measures.forecasting.missing import mean_of_existing

MEASURES = {"mae": "MAE", "rmse": "RMSE", "mape": "MAPE", "smape": "sMAPE", "mase": "MASE", "crps": "CRPS"}


def step_losses(
    actual: Float64[np.ndarray, "window step"],
    forecast: Float64[np.ndarray, "window step"],
    *,
    quantiles: Float64[np.ndarray, "window step level"] | None = None,
    levels: Float64[np.ndarray, " level"] | None = None,
    scale: Float64[np.ndarray, " window"] | None = None,
) -> dict[str, Float64[np.ndarray, "window step"]]:
    """Return the loss of each step under the name of the measure that is its mean (`rmse`: the root of its mean).

    With actual value y and forecast f: mae |y − f|, rmse (y − f)², mape 100 |y − f| / |y|, smape
    200 |y − f| / (|y| + |f|), mase |y − f| / scale, crps 2 · mean over the levels of the pinball loss. NaN is what
    cannot be measured: missing values, zeros under mape, mase without a scale, crps without quantiles. Where actual
    value and forecast are both zero, smape is 0.

    Examples
    --------
    >>> found = step_losses(np.array([[2.0, 0.0]]), np.array([[1.0, 1.0]]))
    >>> found["mape"], found["smape"].round(1)
    (array([[50., nan]]), array([[ 66.7, 200. ]]))
    """
    error = np.abs(actual - forecast)
    size = np.abs(actual) + np.abs(forecast)
    nothing = np.full_like(error, np.nan)
    with np.errstate(over="ignore"):  # beside a value that is all but zero an error is infinite
        percentage = 100 * error / np.where(actual == 0, np.nan, np.abs(actual))
    return {
        "mae": error,
        "rmse": error**2,
        "mape": percentage,
        "smape": 200 * error / np.where(size == 0, 1.0, size),
        "mase": nothing if scale is None else error / np.where(scale > 0, scale, np.nan)[:, np.newaxis],
        "crps": nothing if quantiles is None or levels is None else 2 * pinball(actual, quantiles, levels).mean(axis=2),
    }


def pinball(
    actual: Float64[np.ndarray, "window step"],
    quantiles: Float64[np.ndarray, "window step level"],
    levels: Float64[np.ndarray, " level"],
) -> Float64[np.ndarray, "window step level"]:
    """Return max(τ (y − q), (τ − 1) (y − q)) for each quantile q of level τ.

    References
    ----------
    Koenker & Bassett (1978), "Regression quantiles", Econometrica 46.

    Examples
    --------
    Too low a 90 % quantile costs nine times as much as one too high:

    >>> pinball(np.array([[1.0, 1.0]]), np.array([[[0.0], [2.0]]]), np.array([0.9])).round(1)[..., 0]
    array([[0.9, 0.1]])
    """
    excess = actual[..., np.newaxis] - quantiles
    return np.maximum(levels * excess, (levels - 1) * excess)


def mase_scale(histories: Float[np.ndarray, "series time"], *, period: int = 1) -> Float64[np.ndarray, " series"]:
    """Return what MASE divides by: the mean of ``|y_t − y_(t − period)|`` over the training part of each series.

    Parameters
    ----------
    histories
        The training part of each series; NaN where a value is missing or a series is shorter than others.
    period
        Steps of a season; 1 for none.

    Returns
    -------
    numpy.ndarray
        NaN where it would be 0, as for a series that never changes, or where no two values are a period apart: MASE is
        then undefined. For each window: ``mase_scale(histories)[series]``.

    Raises
    ------
    DataError
        If there are not two axes, or infinite numbers.
    OptionError
        If `period` is not 1 or more.

    References
    ----------
    Hyndman & Koehler (2006), "Another look at measures of forecast accuracy", International Journal of Forecasting 22.

    Examples
    --------
    >>> mase_scale(np.array([[1.0, 2.0, 4.0], [5.0, 5.0, 5.0]]))
    array([1.5, nan])
    """
    check_count(period, "period")
    histories = np.asarray(histories, dtype=np.float64)
    if histories.ndim != 2 or np.isinf(histories).any():
        raise DataError(
            f"histories of shape {histories.shape} arrived, {np.isinf(histories).sum()} of their numbers infinite; "
            "expected finite ones of shape (series, time); use NaN for what is missing"
        )
    scale = mean_of_existing(np.abs(histories[:, period:] - histories[:, :-period]), axis=1)
    return np.where(scale > 0, scale, np.nan)
