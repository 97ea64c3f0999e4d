"""Errors by step ahead: how fast a forecast loses sight of the future, beside the naive ones."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from attime.estimators.forecasting import Backtest
from attime.measures.forecasting import MEASURES, ForecastVerdict
from attime.measures.forecasting.verdict import MODEL
from attime.names import pick
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, FRAME, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION, tidy

LINES = ((VERMILLION, "s"), (GREEN, "^"), (ORANGE, "v"), (PURPLE, "D"), (SKY_BLUE, "P"), (CHANCE, "x"))


def plot_errors_by_step(verdict: ForecastVerdict | Backtest, *, by: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the error of the model and of each forecast beside it, by step ahead.

    Parameters
    ----------
    verdict
        From ``backtest.verdict()``, or the backtest itself.
    by
        The measure: ``"mae"``, ``"rmse"``, ``"mape"``, ``"smape"`` or ``"mase"``; the one that decides by default.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    OptionError
        If there is no such measure.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> import numpy as np
    >>> forecaster = AttentionForecaster(6, "linear").fit(np.sin(np.arange(300) / 3))
    >>> plot_errors_by_step(forecaster.verdict_).get_ylabel()
    'MAE'
    """
    found = verdict.verdict() if isinstance(verdict, Backtest) else verdict
    measure = by or found.by
    label = pick(MEASURES, measure, what="measure")
    if ax is None:
        ax = new_axes(width=6.4, height=3.4)
    for number, (name, errors) in enumerate(found.errors.items()):
        heights = errors.per_step[measure]
        colour, marker = (BLUE, "o") if name == MODEL else LINES[(number - 1) % len(LINES)]
        ax.plot(
            heights.index, heights, color=colour, marker=marker, markersize=4, markevery=max(1, len(heights) // 24),
            linewidth=2.0 if name == MODEL else 1.0, linestyle="-" if name == MODEL else (0, (4, 1.5)),
            label=name.replace("_", " "), zorder=4 if name == MODEL else 2,
        )  # fmt: skip
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10], integer=True))
    ax.set_xlabel("step ahead")
    ax.set_ylabel(label)
    ax.spines["bottom"].set_color(FRAME)
    tidy(ax)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
    return ax
