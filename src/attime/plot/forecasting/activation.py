"""Which module was active when: the modules of recurrent independent mechanisms below the series that they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from attime.errors import DataError
from attime.estimators.forecasting import Forecast
from attime.plot.canvas import new_axes
from attime.plot.forecasting.forecast import only
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import edges, places, write_times
from attime.plot.heat import add_colour_bar
from attime.plot.style import BLUE, FRAME, GREEN, PURPLE, SERIES, short, tidy

BESIDE = ((BLUE, (0, (4, 1.5))), (GREEN, (0, (1, 1.2))), (PURPLE, (0, (6, 1.5, 1, 1.5))))
SERIES_SHARE = 0.8  # height of the series in those of a module, for each module
BOTTOM = -0.4  # where it begins, above the first module


def plot_activation(
    forecast: Forecast,
    case: int | None = 0,
    *,
    beside: Mapping[str, Shaped[np.ndarray, " time"] | Sequence[float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which module was active at which step, below the series.

    A cell is the darker, the more the module looked at the step and not at nothing; white where it was not active.

    Parameters
    ----------
    forecast
        Of a network ``"rim"``: from ``forecaster.forecast()``, or ``backtest.forecast``.
    case
        Which of its cases, counted from 0: the steps that were read for it. None: a column for each case, the last step
        that was read for it, which of a backtest of one series shows how it goes on over time.
    beside
        Further series to lay over the first, such as a covariate: a number for each step that is drawn. Each has a
        scale of its own, from its lowest to its highest value.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    DataError
        If the network has no modules, what is to stand beside has another number of steps, or for None there is more
        than one series.
    OptionError
        If there is no such case.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> wave = np.sin(np.arange(150) / 3)
    >>> forecaster = AttentionForecaster(3, "rim", look_back=10, training={"max_epochs": 1}).fit(wave)
    >>> plot_activation(forecaster.forecast(), beside={"wave": wave[-10:]}).get_ylabel()
    'module'
    """
    drawn = forecast if case is None else only(forecast, case)
    active, looked = drawn.activation(), drawn.activation("input")
    if active is None or looked is None:
        raise DataError("the network of the forecast has no modules that are active or not; fit one with network='rim'")
    if len(set(drawn.series)) > 1:
        raise DataError(f"{len(set(drawn.series))} series arrived, expected one; choose it with forecast.some(which)")
    which = (slice(None), -1) if case is None else (0,)
    values, stamps, cells = drawn.past[which], drawn.past_stamps[which], (active * looked)[which]
    times, n_modules = places(stamps), cells.shape[1]
    begun = np.isfinite(times)
    if ax is None:
        ax = new_axes(width=7.6, height=1.9 + 0.3 * n_modules)
    top = -max(3.0, SERIES_SHARE * n_modules)
    ax.plot(times, _between(values, top), color=SERIES, linewidth=1.1, label="series")
    for number, (name, others) in enumerate((beside or {}).items()):
        if len(others) != len(times):
            raise DataError(f"{name!r} has {len(others)} numbers, expected one for each of {len(times)} steps")
        colour, dash = BESIDE[number % len(BESIDE)]
        heights = _between(np.asarray(others, dtype=np.float64), top)
        ax.plot(times, heights, color=colour, linestyle=dash, linewidth=1.1, label=short(name))
    mesh = draw_cells(ax, times[begun], np.arange(n_modules + 1.0), cells[begun].T, Normalize(0, 1))
    ax.hlines(np.arange(n_modules + 1), *edges(times[begun])[[0, -1]], color=FRAME, linewidth=0.4, zorder=2.2)
    ax.set_ylim(n_modules + 0.1, top - 0.2)
    ax.set_yticks(np.arange(n_modules) + 0.5, [str(number) for number in range(n_modules)])
    ax.set_ylabel("module", loc="bottom")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    write_times(ax, stamps, forecast.columns[1])
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize="small", borderaxespad=0.2)
    add_colour_bar([ax], mesh, "active, by how much it looked")
    tidy(ax)
    return ax


def _between(values: Float[np.ndarray, " time"], top: float) -> Float[np.ndarray, " time"]:
    """Return values as heights above the modules, the highest at the top."""
    there = values[np.isfinite(values)]
    low, high = (float(there.min()), float(there.max())) if len(there) else (0.0, 1.0)
    return BOTTOM + (values - low) / (high - low if high > low else 1.0) * (top - BOTTOM)
