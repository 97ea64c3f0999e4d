"""The errors of a forecast: over everything, step by step, and how often its intervals hold the actual value."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Float64

from attime.errors import DataError
from attime.measures.forecasting.central import central_intervals
from attime.measures.forecasting.checks import check_forecast, check_quantiles
from attime.measures.forecasting.losses import MEASURES, pinball, step_losses
from attime.measures.forecasting.missing import mean_of_existing, plain


@dataclass(frozen=True, eq=False)
class ForecastErrors:
    """How far forecasts are from what came; made by `forecast_errors`.

    Attributes
    ----------
    mae, rmse
        Mean absolute error and root mean squared error, in the unit of the series.
    mape
        Mean absolute percentage error, in %: ``100 · mean of |y − f| / |y|`` over the steps where y is not zero.
    smape
        Symmetric mean absolute percentage error, in %, from 0 to 200: ``200 · mean of |y − f| / (|y| + |f|)``.
    mase
        Mean absolute scaled error: the error in units of that of the seasonal naive forecast in the training part.
    crps
        Continuous ranked probability score, approximated by 2 · mean of `pinball` over the levels, however these are
        spaced: compare forecasts of the same levels only. In the unit of the series.
    pinball, levels
        Mean pinball loss of the quantiles of each level; no level if there are no quantiles.
    coverage, width, nominal
        Share of actual values in each central interval, its mean width, and the share that it should hold. A central
        interval lies between the quantiles of levels τ and 1 − τ.
    per_step
        A row for each step ahead, from 1; columns ``mae`` to ``crps``, and ``coverage_80``, ``width_80`` for an 80 %
        interval.
    n_values
        Steps of all windows with an actual value and a forecast: those that are measured.
    n_without_forecast
        Steps with an actual value but no forecast.
    n_left_out_of_mape
        Zeros among the actual values.
    n_left_out_of_mase
        Steps of windows whose scale is zero or unknown, as of a series that never changes in its training part.

    A number that cannot be measured is NaN.
    """

    mae: float
    rmse: float
    mape: float
    smape: float
    mase: float
    crps: float
    pinball: Float64[np.ndarray, " level"]
    levels: Float64[np.ndarray, " level"]
    coverage: Float64[np.ndarray, " interval"]
    width: Float64[np.ndarray, " interval"]
    nominal: Float64[np.ndarray, " interval"]
    per_step: pd.DataFrame
    n_values: int
    n_without_forecast: int
    n_left_out_of_mape: int
    n_left_out_of_mase: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know, a sentence each."""
        known = (
            (self.n_left_out_of_mape, "an actual value of zero and {} left out of MAPE."),
            (self.n_left_out_of_mase, "no scale, as if the series never changed, and {} left out of MASE."),
            (self.n_without_forecast, "no forecast and {} left out of every error."),
        )
        found = ((n, text.format("is" if n == 1 else "are")) for n, text in known if n)
        return tuple(f"{n} {'step has' if n == 1 else 'steps have'} {text}" for n, text in found)

    def to_row(self) -> dict[str, float]:
        """Return the overall numbers under the columns of `per_step`."""
        return {
            **{name: getattr(self, name) for name in MEASURES},
            **dict(zip(_columns("coverage", self.nominal), self.coverage.tolist(), strict=True)),
            **dict(zip(_columns("width", self.nominal), self.width.tolist(), strict=True)),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types under the names of the attributes; what is not finite becomes None.

        Examples
        --------
        >>> found = forecast_errors(np.array([[0.0, 2.0]]), np.array([[1.0, 1.0]])).to_dict()
        >>> found["mae"], found["crps"], found["per_step"]["mape"]
        (1.0, None, [None, 50.0])
        """
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}


def forecast_errors(
    actual: Float[np.ndarray, "window step"],
    forecast: Float[np.ndarray, "window step"],
    *,
    quantiles: Float[np.ndarray, "window step level"] | None = None,
    levels: Float[np.ndarray, " level"] | None = None,
    scale: Float[np.ndarray, " window"] | None = None,
) -> ForecastErrors:
    """Compare forecasts with what came.

    Parameters
    ----------
    actual
        What came in each window; NaN where it is missing, which is then passed over.
    forecast
        What was forecast.
    quantiles, levels
        Forecasts of quantiles and their levels, increasing between 0 and 1. Quantiles may be infinite.
    scale
        Of the series of each window, from `mase_scale`. Without it MASE is NaN.

    Raises
    ------
    DataError
        If shapes do not fit, numbers are infinite, scales negative, or no step has both an actual value and a forecast.
    OptionError
        If levels do not increase between 0 and 1.

    References
    ----------
    Hyndman & Koehler (2006), "Another look at measures of forecast accuracy", International Journal of Forecasting 22:
    MAPE and MASE. Makridakis, Spiliotis & Assimakopoulos (2020), "The M4 Competition", ibid. 36: this sMAPE, of the
    several definitions. Gneiting & Ranjan (2011), Journal of Business & Economic Statistics 29: CRPS as the
    integral of twice the pinball loss over the levels.

    Examples
    --------
    >>> found = forecast_errors(np.array([[1.0, 2.0], [2.0, np.nan]]), np.array([[1.0, 1.0], [4.0, 1.0]]))
    >>> found.mae, found.mape, found.per_step["mae"].tolist()
    (1.0, 50.0, [1.0, 1.0])
    """
    actual, forecast = np.asarray(actual, dtype=np.float64), np.asarray(forecast, dtype=np.float64)
    levels = None if levels is None else np.asarray(levels, dtype=np.float64)
    quantiles = None if quantiles is None else np.asarray(quantiles, dtype=np.float64)
    scale = None if scale is None else np.asarray(scale, dtype=np.float64)
    check_forecast(actual, forecast)
    check_quantiles(quantiles, levels, actual.shape)
    if scale is not None and (scale.shape != actual.shape[:1] or (scale < 0).any()):
        raise DataError(
            f"scale of shape {scale.shape} arrived, expected a number of at least 0 for each of {len(actual)} windows; "
            "pass mase_scale(histories)[series]"
        )
    losses = step_losses(actual, forecast, quantiles=quantiles, levels=levels, scale=scale)
    compared = ~np.isnan(losses["mae"])
    if quantiles is None or levels is None:
        quantiles, levels = np.empty((*actual.shape, 0)), np.empty(0)
    intervals = central_intervals(quantiles, levels)
    holds = intervals.holds(actual)
    width = np.where(np.isnan(holds), np.nan, intervals.high - intervals.low)
    per_step = {
        **_means(losses, axis=0),
        **dict(zip(_columns("coverage", intervals.nominal), mean_of_existing(holds, axis=0).T, strict=True)),
        **dict(zip(_columns("width", intervals.nominal), mean_of_existing(width, axis=0).T, strict=True)),
    }
    return ForecastErrors(
        **{name: float(number) for name, number in _means(losses, axis=None).items()},
        pinball=mean_of_existing(pinball(actual, quantiles, levels), axis=(0, 1)),
        levels=levels,
        coverage=mean_of_existing(holds, axis=(0, 1)),
        width=mean_of_existing(width, axis=(0, 1)),
        nominal=intervals.nominal,
        per_step=pd.DataFrame(per_step, index=pd.RangeIndex(1, actual.shape[1] + 1, name="step")),
        n_values=int(compared.sum()),
        n_without_forecast=int((~np.isnan(actual) & np.isnan(forecast)).sum()),
        n_left_out_of_mape=int((compared & (actual == 0)).sum()),
        n_left_out_of_mase=0 if scale is None else int((compared & np.isnan(losses["mase"])).sum()),
    )


def _means(
    losses: dict[str, Float64[np.ndarray, "window step"]], *, axis: int | None
) -> dict[str, Float64[np.ndarray, "*kept"]]:
    found = {name: mean_of_existing(loss, axis) for name, loss in losses.items()}
    return {**found, "rmse": np.sqrt(found["rmse"])}


def _columns(what: str, nominal: Float64[np.ndarray, " interval"]) -> list[str]:
    return [f"{what}_{100 * share:g}" for share in nominal]
