"""A forecast after its past: what is expected, between which limits, and which steps of the past it was made from."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from attime.errors import DataError, OptionError
from attime.estimators.forecasting import Forecast
from attime.plot.canvas import new_axes
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import places, places_ahead, write_times
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.style import BLUE, FRAME, SERIES, short, tidy

#: What weights are called beside their colours.
WORDS = {"look back": "attention weight", "linear": "weight of the linear forecast", "gradient": "gradient"}


def plot_forecast(
    forecast: Forecast,
    case: int = 0,
    *,
    actual: Float[np.ndarray, " step"] | None = None,
    name: str | None = None,
    n_past: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the past, the forecast with its limits, and below it how much each step of the past counts.

    The strip is the mean over steps ahead; `plot_look_back` draws each. Limits are bands, the lighter the surer.

    Parameters
    ----------
    forecast
        From ``forecaster.forecast()``, or ``backtest.forecast``.
    case
        Which of its cases, counted from 0.
    actual
        What happened, if it is known: ``backtest.actual[case]``.
    name
        Which of ``forecast.look_names`` the strip shows; the first if not given.
    n_past
        So many steps of the past, the last ones; all that were read if not given.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    OptionError
        If there is no such case or name, or `n_past` is below 1.
    DataError
        If `actual` has another number of steps, or the past has no value.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> forecaster = AttentionForecaster(12, "linear").fit(np.sin(np.arange(300) / 3))
    >>> ax = plot_forecast(forecaster.forecast())
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['past', 'forecast', '80 % limits', '95 % limits']
    """
    refuse_other_forecasts(forecast, case)
    if name is None and forecast.look_names:
        name = forecast.look_names[0]
    weights = None if name is None else only(forecast, case).look(name)[0].mean(axis=0)
    begun = np.flatnonzero(np.isfinite(forecast.past[case]))
    if not len(begun):
        raise DataError(f"the past of case {case} has no value, so there is nothing to draw; choose another case")
    first = first_drawn(int(begun[0]), forecast, n_past)
    past, when = forecast.past[case, first:], places(forecast.past_stamps[case, first:])
    ahead = places_ahead(forecast.past_stamps[case], forecast.stamps[case])
    if actual is not None and actual.shape != ahead.shape:
        raise DataError(f"actual has shape {actual.shape}, expected ({len(ahead)},), as many steps as are forecast")
    if ax is None:
        ax = new_axes(width=7.6, height=3.4)
    ax.plot(when, past, color=SERIES, linewidth=1.1, label="past", zorder=3)
    if actual is not None:
        ax.plot(ahead, actual, color=SERIES, linewidth=1.1, linestyle=(0, (1, 1.2)), label="what happened", zorder=3)
    ax.plot(ahead, forecast.values[case], color=BLUE, linewidth=1.6, marker=marker_of(ahead), markersize=4,
            label="forecast", zorder=4)  # fmt: skip
    draw_limits(ax, ahead, forecast.low[:, case], forecast.high[:, case], forecast.coverage)
    write_times(ax, forecast.past_stamps, forecast.columns[1])
    ax.axvline((when[-1] + ahead[0]) / 2, color=FRAME, linewidth=0.6)
    ax.set_title(short(forecast.series[case]) if len(set(forecast.series)) > 1 else "", fontsize="medium", loc="left")
    ax.set_ylabel("value")
    if weights is not None and name is not None:
        _draw_weights(ax, when, weights[first:], WORDS.get(name, name))
    tidy(ax)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=5, frameon=False, fontsize="small", borderaxespad=0.2)
    return ax


def draw_limits(
    ax: Axes,
    times: Float[np.ndarray, " step"],
    low: Float[np.ndarray, "interval step"],
    high: Float[np.ndarray, "interval step"],
    coverage: tuple[float, ...],
) -> None:
    """Draw limits as bands, the lighter the surer."""
    for number in np.argsort(coverage):
        alpha = 0.30 if number == np.argmin(coverage) else 0.14
        ax.fill_between(
            times, low[number], high[number], color=BLUE, alpha=alpha, linewidth=0, zorder=1,
            label=f"{100 * coverage[number]:g} % limits",
        )  # fmt: skip


def marker_of(times: Float[np.ndarray, " step"]) -> str:
    """Return a marker where there are so few steps that a line would hide them."""
    return "o" if len(times) <= 24 else ""


def refuse_other_forecasts(forecast: Forecast, case: int) -> None:
    """Raise an OptionError unless there is such a case."""
    if not 0 <= case < len(forecast):
        raise OptionError(f"case is {case}, but {len(forecast)} cases are forecast; choose one of them from 0")


def only(forecast: Forecast, case: int) -> Forecast:
    """Return one case, so that what has yet to be computed is computed for no other."""
    refuse_other_forecasts(forecast, case)
    return forecast.some(np.arange(len(forecast)) == case)


def first_drawn(begun: int, forecast: Forecast, n_past: int | None) -> int:
    """Return the first step of the past to draw: none before the series has begun."""
    if n_past is not None and n_past < 1:
        raise OptionError(f"n_past is {n_past}, expected 1 at least, or None for all steps that were read")
    return max(begun, 0 if n_past is None else forecast.past.shape[1] - n_past)


def _draw_weights(ax: Axes, times: Float[np.ndarray, " time"], weights: Float[np.ndarray, " time"], label: str) -> None:
    """Draw a strip below all that is there."""
    low, high = ax.get_ylim()
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    height = (high - low) * 0.12
    borders = np.array([low - 1.3 * height, low - 0.3 * height])
    mesh = draw_cells(ax, times, borders, weights[np.newaxis], colour_scale([weights]))
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    ax.set_ylim(borders[0] - 0.2 * height, high)
    ax.spines["left"].set_bounds(low, high)
    add_colour_bar([ax], mesh, label)
