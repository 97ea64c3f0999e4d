"""Where each step ahead was made from: the map step ahead × time, with real time stamps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from attime.estimators.forecasting import Forecast
from attime.plot.canvas import new_axes
from attime.plot.forecasting.forecast import WORDS, first_drawn, only
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import places, write_times
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.style import FRAME, short


def plot_look_back(
    forecast: Forecast,
    case: int = 0,
    *,
    name: str | None = None,
    n_past: int | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much each step of the past counts for each step ahead, steps ahead downwards.

    Parameters
    ----------
    forecast
        From ``forecaster.forecast()``, or ``backtest.forecast``.
    case
        Which of its cases, counted from 0.
    name
        Which of ``forecast.look_names``; the first if not given.
    n_past
        So many steps of the past, the last ones; all that were read if not given.
    limit
        Weight that gets the darkest colour; the largest that is drawn, by default.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    OptionError
        If there is no such case or name, `n_past` is below 1, or `limit` is not above 0.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> forecaster = AttentionForecaster(12, "linear").fit(np.sin(np.arange(300) / 3))
    >>> plot_look_back(forecaster.forecast()).get_ylabel()
    'step ahead'
    """
    weights = only(forecast, case).look(name)[0]
    name = name or forecast.look_names[0]
    when = places(forecast.past_stamps[case])
    first = first_drawn(int(np.isnan(when).sum()), forecast, n_past)
    weights, when = weights[:, first:], when[first:]
    if ax is None:
        ax = new_axes(width=7.6, height=1.4 + min(0.16 * len(weights), 3.0))
    borders = np.arange(len(weights) + 1) + 0.5
    mesh = draw_cells(ax, when, borders, weights, colour_scale([weights], limit=limit))
    ax.set_ylim(borders[-1], borders[0])
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
    ax.set_ylabel("step ahead")
    ax.spines[:].set(color=FRAME, linewidth=0.5)
    write_times(ax, forecast.past_stamps, forecast.columns[1])
    ax.set_title(short(forecast.series[case]) if len(set(forecast.series)) > 1 else "", fontsize="medium", loc="left")
    add_colour_bar([ax], mesh, WORDS.get(name, name))
    return ax
