"""Forecasts of one step ahead beside what happened, origin by origin, and how often the limits held it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from attime.errors import OptionError
from attime.estimators.forecasting import Backtest
from attime.names import pick
from attime.plot.canvas import new_axes
from attime.plot.forecasting.forecast import draw_limits, marker_of
from attime.plot.forecasting.times import places, write_times
from attime.plot.style import BLUE, SERIES, short, tidy


def plot_backtest(backtest: Backtest, series: int | str = 0, *, step: int = 0, ax: Axes | None = None) -> Axes:
    """Draw forecasts of one step ahead beside what happened, with limits; above them how many of these held it.

    Parameters
    ----------
    backtest
        From ``forecaster.backtest()``.
    series
        Which series, by its name or its number from 0.
    step
        Which step ahead, counted from 0: the next one is 0.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    OptionError
        If there is no such series or step.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> forecaster = AttentionForecaster(3, "linear").fit(np.random.default_rng(0).normal(size=300))
    >>> ax = plot_backtest(forecaster.backtest(n_windows=50), step=2)
    >>> ax.get_title(loc="left")
    '3 steps ahead: 80 % limits hold ... %, 95 % limits hold ... % of 50'
    """
    forecast = backtest.forecast
    names = {name: name for name in dict.fromkeys(forecast.series)}
    if isinstance(series, int) and not 0 <= series < len(names):
        raise OptionError(f"series is {series}, but there are {len(names)} series; choose one of them from 0")
    if not 0 <= step < forecast.values.shape[1]:
        raise OptionError(f"step is {step}, expected 0 to {forecast.values.shape[1] - 1}: the steps ahead from 0")
    name = list(names)[series] if isinstance(series, int) else pick(names, series, what="series")
    own = np.array(forecast.series) == name
    times, actual = places(forecast.stamps[own, step]), backtest.actual[own, step]
    if ax is None:
        ax = new_axes(width=7.6, height=3.2)
    ax.plot(times, actual, color=SERIES, linewidth=1.1, label="what happened", zorder=3)
    ax.plot(times, forecast.values[own, step], color=BLUE, linewidth=1.3, linestyle=(0, (4, 1.5)),
            marker=marker_of(times), markersize=4, label="forecast", zorder=4)  # fmt: skip
    draw_limits(ax, times, forecast.low[:, own, step], forecast.high[:, own, step], forecast.coverage)
    write_times(ax, forecast.stamps, forecast.columns[1])
    ax.set_ylabel("value" if len(names) == 1 else short(name))
    ahead = "1 step ahead" if step == 0 else f"{step + 1} steps ahead"
    ax.set_title(f"{ahead}: {_held(backtest, own, step)}", fontsize="medium", loc="left", pad=22)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize="small", borderaxespad=0.2)
    tidy(ax)
    return ax


def _held(backtest: Backtest, own: np.ndarray, step: int) -> str:
    """Say what share of the actual values the limits held."""
    actual, forecast = backtest.actual[own, step], backtest.forecast
    known = ~np.isnan(actual)
    told = []
    for number, share in enumerate(forecast.coverage):
        low, high = forecast.low[number][own, step], forecast.high[number][own, step]
        held = float(((low <= actual) & (actual <= high))[known].mean()) if known.any() else float("nan")
        told.append(f"{100 * share:g} % limits hold {100 * held:.0f} %")
    return f"{', '.join(told)} of {known.sum()}"
