"""`ForecastReportData`: everything a report on forecasts says, as one value, before it becomes a page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attime.explain.forecasting import Importance
from attime.measures.forecasting import ForecastVerdict
from attime.measures.leaks import LeakReport
from attime.report.facts import Fact


@dataclass(frozen=True, eq=False)
class ShownForecasts:
    """Forecasts to look at, one series each, thinned to what a page holds.

    Attributes
    ----------
    series
        Their names.
    width
        Steps of the past in a bin.
    past
        Lowest and highest value in each bin, in order of time.
    past_times, ahead_times
        When each bin begins, and when each step ahead is, as text.
    values, actual
        What is forecast, and what happened; NaN where that is not known.
    low, high
        Limits, for each entry of `coverage`.
    coverage
        Probability of the limits.
    looks
        By name, how much the steps of each bin count for each of `look_steps`, added up.
    look_steps
        The steps ahead of these, counted from 0: all of them, or some where there are many.
    modules
        By name (``"activation"``, ``"input"``), the mean over the steps of each bin; none for networks without modules.
    """

    series: tuple[str, ...]
    width: int
    past: Float[np.ndarray, "shown bin 2"]
    past_times: tuple[tuple[str, ...], ...]
    ahead_times: tuple[tuple[str, ...], ...]
    values: Float[np.ndarray, "shown step"]
    actual: Float[np.ndarray, "shown step"]
    low: Float[np.ndarray, "interval shown step"]
    high: Float[np.ndarray, "interval shown step"]
    coverage: tuple[float, ...]
    looks: dict[str, Float[np.ndarray, "shown look_step bin"]]
    look_steps: Int[np.ndarray, " look_step"]
    modules: dict[str, Float[np.ndarray, "shown module bin"]]


@dataclass(frozen=True, eq=False)
class ShownStretch:
    """The last part of a backtest of one series: what happened, and forecasts that do not overlap.

    Attributes
    ----------
    series
        Its name.
    times
        When each step is, as text.
    actual
        What happened.
    starts
        The step at which each forecast begins.
    values, low, high
        The forecasts, and the widest of their limits.
    """

    series: str
    times: tuple[str, ...]
    actual: Float[np.ndarray, " time"]
    starts: tuple[int, ...]
    values: Float[np.ndarray, "origin step"]
    low: Float[np.ndarray, "origin step"]
    high: Float[np.ndarray, "origin step"]


@dataclass(frozen=True, eq=False)
class ErrorsByOrigin:
    """Mean absolute error of all forecasts that begin at one time, beside the best naive ones.

    Attributes
    ----------
    times
        When the first step ahead is, as text.
    names
        ``"model"``, and the naive forecast.
    errors
        A row for each name.
    """

    times: tuple[str, ...]
    names: tuple[str, str]
    errors: Float[np.ndarray, "name origin"]


@dataclass(frozen=True, eq=False)
class ForecastReportData:
    """What a report on forecasts is made of.

    Attributes
    ----------
    title, verdict
        What it is about, and the outcome in words.
    judged_on
        Which steps the verdict is about, in words.
    reason
        What was fitted and why.
    target
        What is forecast.
    n_series, n_steps, horizon, frequency
        How many series, the length of the longest, steps ahead, and how far apart steps are.
    errors
        The errors of the forecast beside those of the naive ones; None if nothing was held out.
    shown
        Forecasts to look at.
    stretches, by_origin
        The course of a backtest: of the series that are shown, and over all; empty and None without one.
    leaks
        What knows the future; None if nobody looked.
    importance
        What matters to these forecasts; None if that was not measured.
    facts
        What is needed to make all this again.
    notes
        What is left out and why, a sentence each.
    """

    title: str
    verdict: str
    judged_on: str
    reason: str
    target: str
    n_series: int
    n_steps: int
    horizon: int
    frequency: str
    errors: ForecastVerdict | None
    shown: ShownForecasts
    stretches: tuple[ShownStretch, ...]
    by_origin: ErrorsByOrigin | None
    leaks: LeakReport | None
    importance: Importance | None
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
