"""Judging a forecast: measure it and the naive ones on the same steps, and test it against the best of these."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, Float64, Int

from attime.errors import DataError, OptionError
from attime.measures.forecasting.checks import check_forecast, check_quantiles
from attime.measures.forecasting.errors import forecast_errors
from attime.measures.forecasting.losses import MEASURES, step_losses
from attime.measures.forecasting.missing import mean_of_existing
from attime.measures.forecasting.significance import diebold_mariano
from attime.measures.forecasting.verdict import MODEL, ForecastVerdict
from attime.names import pick


def forecast_verdict(
    actual: Float[np.ndarray, "window step"],
    forecast: Float[np.ndarray, "window step"],
    naive: Mapping[str, Float[np.ndarray, "window step"]],
    *,
    beside: Mapping[str, Float[np.ndarray, "window step"]] | None = None,
    by: str = "mae",
    origins: Int[np.ndarray, " window"] | None = None,
    scale: Float[np.ndarray, " window"] | None = None,
    levels: Float[np.ndarray, " level"] | None = None,
    quantiles: Mapping[str, Float[np.ndarray, "window step level"]] | None = None,
) -> ForecastVerdict:
    """Judge a forecast by the naive ones.

    All are measured on the same steps: those with an actual value for which no forecast is missing. The error that
    decides is compared with the lowest naive one, and tested by `diebold_mariano` on the mean loss of each window.

    Parameters
    ----------
    actual
        What came in each window; NaN where it is missing.
    forecast
        What the model forecast.
    naive
        What each naive forecast is, by name; from `naive_forecasts`, and others that are simple.
    beside
        Other forecasts to be measured, by name, which do not count as naive.
    by
        The measure that decides: ``"mae"``, ``"rmse"``, ``"mape"``, ``"smape"``, ``"mase"`` or ``"crps"``.
    origins
        Time step at which each window begins, see `diebold_mariano`; None for one series and a window at every step.
    scale
        Of the series of each window, from `mase_scale`; without it MASE is not measured.
    levels, quantiles
        Levels, and forecasts of their quantiles by name: ``"model"``, and those naive forecasts that have any.

    Raises
    ------
    DataError
        As for `forecast_errors`, for any of the forecasts.
    OptionError
        If there is no naive forecast, no such measure, or it cannot be measured for model and a naive forecast.

    Examples
    --------
    >>> from attime.measures.forecasting import naive_forecasts
    >>> series = np.sin(np.arange(300) / 5)
    >>> windows = np.lib.stride_tricks.sliding_window_view(series, 24)
    >>> contexts, actual = windows[:, :20], windows[:, 20:]
    >>> print(forecast_verdict(actual, actual + 0.1, naive_forecasts(contexts, 4)))
                  MAE   RMSE  MAPE  sMAPE
    model         0.1    0.1 41.57  29.44
    last value 0.3103 0.3772 175.5  73.03
    drift      0.4236 0.5193 247.5  80.59
    mean       0.8689  0.966 196.6  177.4
    Beats the naive forecast (last value) by 68 % in MAE (p < .001).
    It is the best of 3 naive forecasts on these same windows, which is harder to beat than one chosen beforehand.
    """
    actual = np.asarray(actual, dtype=np.float64)
    scale = None if scale is None else np.asarray(scale, dtype=np.float64)
    forecasts = _by_name(actual, forecast, {**naive, **(beside or {})})
    quantiles = {name: np.asarray(found, dtype=np.float64) for name, found in (quantiles or {}).items()}
    levels = None if levels is None else np.asarray(levels, dtype=np.float64)
    pick(MEASURES, by, what="measure")
    for name in quantiles:
        pick(forecasts, name, what="the forecast of the quantiles")
        check_quantiles(quantiles[name], levels, actual.shape)
    missing = np.any([np.isnan(one) for one in forecasts.values()], axis=0)
    missing |= np.any([np.isnan(one).any(axis=2) for one in quantiles.values()], axis=0)
    common = np.where(missing, np.nan, actual)
    if np.isnan(common).all():
        raise DataError(
            f"at no step is there an actual value and also a forecast of each of {', '.join(forecasts)}; expected one "
            "such step at least; leave out the naive forecast that is missing most often"
        )
    errors = {
        name: forecast_errors(
            common, one, quantiles=quantiles.get(name), levels=levels if name in quantiles else None, scale=scale
        )
        for name, one in forecasts.items()
    }
    measured = {name: float(getattr(found, by)) for name, found in errors.items()}
    comparable = [name for name in naive if math.isfinite(measured[name])]
    if not comparable or not math.isfinite(measured[MODEL]):
        raise OptionError(
            f"by={by!r} arrived, which cannot be measured for the model and a naive forecast; mape needs actual values "
            "that are not zero, mase a scale that is not, crps finite quantiles of both; pass these, or choose by='mae'"
        )
    best = min(comparable, key=lambda name: measured[name])

    def losses(name: str) -> Float64[np.ndarray, " window"]:
        found = step_losses(common, forecasts[name], quantiles=quantiles.get(name), levels=levels, scale=scale)
        return mean_of_existing(found[by], axis=1)

    return ForecastVerdict(
        errors=errors,
        by=by,
        best_naive=best,
        improvement=100 * (1 - measured[MODEL] / measured[best]) if measured[best] > 0 else math.nan,
        test=diebold_mariano(losses(MODEL), losses(best), horizon=actual.shape[1], origins=origins),
        n_left_out=int((~np.isnan(actual) & missing).sum()),
        naive=tuple(comparable),
    )


def _by_name(
    actual: np.ndarray, forecast: np.ndarray, naive: Mapping[str, np.ndarray]
) -> dict[str, Float64[np.ndarray, "window step"]]:
    if not naive or MODEL in naive:
        raise OptionError(
            f"naive forecasts of the names {list(naive)} arrived, expected one at least, and none named {MODEL!r}; "
            "pass naive_forecasts(contexts, n_steps)"
        )
    found = {name: np.asarray(one, dtype=np.float64) for name, one in {MODEL: forecast, **naive}.items()}
    for name, one in found.items():
        check_forecast(actual, one, name=name)
    return found
