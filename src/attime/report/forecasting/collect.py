"""From a forecaster, and a backtest if there is one, to `ForecastReportData`."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from attime.estimators.forecasting import AttentionForecaster, Backtest
from attime.estimators.forecasting.arriving import Data
from attime.explain.forecasting import Importance
from attime.measures.leaks import LeakReport
from attime.report.forecasting.course import errors_by_origin, last_of_each, stretches_of
from attime.report.forecasting.data import ForecastReportData
from attime.report.forecasting.facts import facts_of_forecaster
from attime.report.forecasting.shown import show_forecasts
from attime.report.words import count

UNKNOWN = "Nothing is known of the errors to expect: no steps were held out, or the model comes from a file."


def collect_forecasts(
    forecaster: AttentionForecaster,
    *,
    backtest: Backtest | None = None,
    leaks: LeakReport | None = None,
    importance: Importance | None = None,
    data: Data | None = None,
    horizon: int | None = None,
    by: str = "mae",
    title: str | None = None,
    max_series: int = 30,
) -> ForecastReportData:
    """Compute what a report on forecasts says; the parameters are those of `write_forecast_report`."""
    if backtest is None:
        verdict = getattr(forecaster, "verdict_", None)
        forecast = forecaster.forecast(data, horizon=horizon)
        actual = np.full(forecast.values.shape, np.nan)
    else:
        verdict = backtest.verdict(by=by)
        forecast, actual = last_of_each(backtest)
    shown = show_forecasts(forecast, actual, max_series)
    panel = forecaster.context_
    return ForecastReportData(
        title=title or "What comes next",
        verdict=verdict.sentence if verdict else UNKNOWN,
        judged_on=_judged_on(backtest),
        reason=forecaster.reason_,
        target=panel.roles.target,
        n_series=len(forecast),
        n_steps=max(map(len, panel)),
        horizon=forecast.values.shape[1],
        frequency=str(panel.frequency) if panel.frequency else "",
        errors=verdict,
        shown=shown,
        stretches=stretches_of(backtest, shown.series) if backtest else (),
        by_origin=errors_by_origin(backtest, verdict.best_naive) if backtest and verdict else None,
        leaks=getattr(forecaster, "leaks_", None) if leaks is None else leaks,
        importance=importance,
        facts=facts_of_forecaster(forecaster, now=datetime.now().astimezone()),
        notes=_notes(len(forecast), len(shown.series), shown.width),
    )


def _judged_on(backtest: Backtest | None) -> str:
    if backtest is None:
        return "Judged on the last steps of each series, which were kept back until everything had been chosen."
    n_windows = count(len(backtest.origins), "forecast")
    return (
        f"Judged by a backtest: {n_windows} of {count(backtest.actual.shape[1], 'step')}, "
        f"{count(backtest.step, 'step')} from one to the next. Limits follow the errors known by then."
    )


def _notes(n_series: int, n_shown: int, width: int) -> tuple[str, ...]:
    """Say what a page leaves out.

    Examples
    --------
    >>> _notes(100, 30, 1)
    ('30 of 100 series can be looked at, evenly picked; errors are about all.',)
    """
    notes = []
    if n_shown < n_series:
        notes.append(f"{n_shown:,} of {n_series:,} series can be looked at, evenly picked; errors are about all.")
    if width > 1:
        notes.append(
            f"The past is long: in the figures {width} steps of it stand together. Lines keep the lowest and highest "
            "value of these, weights are added up."
        )
    return tuple(notes)
