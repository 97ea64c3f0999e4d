"""`Backtest`: forecasts of what is known by now, beside what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int

from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.limits import Limits, levels_of
from attime.measures.forecasting import MEASURES, ForecastVerdict, forecast_verdict, mase_scale, naive_forecasts
from attime.names import pick

#: Measures that may decide: those of limits cannot, which naive forecasts do not have.
DECIDING = {name: words for name, words in MEASURES.items() if name != "crps"}


@dataclass(frozen=True, eq=False, repr=False)
class Backtest:
    """Forecasts from several origins, and what happened.

    Attributes
    ----------
    forecast
        A case for each series and origin.
    actual
        What happened; NaN where it is not known.
    origins
        The step of its series at which the future of each case begins.
    step
        Steps from origin to origin.
    contexts
        What naive forecasts read: as much as the model, a season at least.
    ridge
        What one plain ridge regression forecasts, to stand beside it.
    period
        Steps of a season; 1 for none.
    """

    forecast: Forecast
    actual: Float64[np.ndarray, "case step"]
    origins: Int[np.ndarray, " case"]
    step: int
    contexts: Float64[np.ndarray, "case time"]
    ridge: Float64[np.ndarray, "case step"]
    period: int = 1

    def __repr__(self) -> str:
        n_series, n_steps = len(set(self.forecast.series)), self.actual.shape[1]
        return f"Backtest({len(self.origins)} windows of {n_steps} steps ahead in {n_series} series)"

    def verdict(self, *, by: str = "mae", limits: bool = True) -> ForecastVerdict:
        """Judge the forecasts by the naive ones and the ridge regression, on the same steps.

        Parameters
        ----------
        by
            The measure that decides, a name in ``DECIDING``: ``"mae"``, ``"rmse"``, ``"mape"``, ``"smape"`` or
            ``"mase"``.
        limits
            Judge the limits, too: how much they hold, how wide they are.

        Returns
        -------
        ForecastVerdict
            Its errors, those beside it, a test, and one sentence. MASE is in units of the mean absolute error of the
            last season (or value) over what was read before the first window of a series.
        """
        pick(DECIDING, by, what="measure to decide by")
        forecast = self.forecast
        naive = naive_forecasts(self.contexts, self.actual.shape[1], period=self.period)
        _, first, owners = np.unique(forecast.series, return_index=True, return_inverse=True)
        levels = np.array(levels_of(forecast.coverage))
        order = np.argsort(levels)
        quantiles = np.moveaxis(np.concatenate([forecast.low, forecast.high])[order], 0, -1)
        return forecast_verdict(
            self.actual,
            forecast.values,
            naive,
            beside={"ridge": self.ridge},
            by=by,
            origins=np.unique(forecast.stamps, return_inverse=True)[1].reshape(forecast.stamps.shape)[:, 0],
            scale=mase_scale(self.contexts[first], period=self.period)[owners],
            levels=levels[order] if limits else None,
            quantiles={"model": quantiles} if limits else None,
        )

    def with_limits_that_follow(self, limits: Limits) -> Backtest:
        """Return the same with limits that follow the errors known at each origin, series by series."""
        forecast = self.forecast
        levels, names = levels_of(forecast.coverage), np.array(forecast.series)
        moved = np.empty((len(levels), *self.actual.shape))
        for name in dict.fromkeys(forecast.series):
            own = names == name
            unit = forecast.deviation[own][0]
            residuals = (self.actual[own] - forecast.values[own]) / unit
            moved[:, own] = limits.followed(name, residuals, self.origins[own], levels) * unit
        low, high = np.split(forecast.values + moved, 2)
        return replace(self, forecast=replace(forecast, low=low, high=high))

    def some(self, which: Bool[np.ndarray, " case"]) -> Backtest:
        """Return some of the cases."""
        return replace(
            self,
            forecast=self.forecast.some(which),
            actual=self.actual[which],
            origins=self.origins[which],
            contexts=self.contexts[which],
            ridge=self.ridge[which],
        )

    @classmethod
    def joined(cls, parts: Sequence[Backtest]) -> Backtest:
        """Put backtests of the same series together, series by series; what was looked at is left out."""
        forecasts = [part.forecast for part in parts]
        origins = np.concatenate([part.origins for part in parts])
        names = [name for forecast in forecasts for name in forecast.series]
        places = {name: number for number, name in enumerate(dict.fromkeys(names))}
        order = np.lexsort((origins, np.array([places[name] for name in names])))

        def together(arrays: Iterable[np.ndarray], axis: int = 0) -> np.ndarray:
            return np.concatenate(list(arrays), axis=axis).take(order, axis=axis)

        forecast = replace(
            forecasts[0],
            series=tuple(names[place] for place in order),
            stamps=together(each.stamps for each in forecasts),
            values=together(each.values for each in forecasts),
            low=together((each.low for each in forecasts), axis=1),
            high=together((each.high for each in forecasts), axis=1),
            past=together(each.past for each in forecasts),
            past_stamps=together(each.past_stamps for each in forecasts),
            mean=together(each.mean for each in forecasts),
            deviation=together(each.deviation for each in forecasts),
            maps=(),
        )
        return replace(
            parts[0],
            forecast=forecast,
            actual=together(part.actual for part in parts),
            origins=origins[order],
            contexts=together(part.contexts for part in parts),
            ridge=together(part.ridge for part in parts),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each case and step ahead: the forecast, its limits, what happened, and the origin."""
        frame = self.forecast.to_frame()
        frame["actual"] = self.actual.reshape(-1)
        frame["origin"] = np.repeat(self.origins, self.actual.shape[1])
        return frame
