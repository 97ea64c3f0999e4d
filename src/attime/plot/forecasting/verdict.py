"""The verdict as a picture: the error of the model among those of the naive forecasts, under the sentence."""

from __future__ import annotations

import math
import textwrap

from matplotlib.axes import Axes

from attime.measures.forecasting import MEASURES, ForecastVerdict
from attime.measures.forecasting.verdict import MODEL, SIGNIFICANT
from attime.names import pick
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, FRAME, VERMILLION, tidy


def plot_verdict(verdict: ForecastVerdict, *, by: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the error of the model and of each forecast beside it, the lowest on top, under the sentence.

    The model is a full blue dot if it beats the best naive forecast by more than chance, an open one in vermillion if
    not; those beside it are grey diamonds. The numbers stand on the right.

    Parameters
    ----------
    verdict
        From ``backtest.verdict()``, or ``forecaster.verdict_``.
    by
        The measure: ``"mae"``, ``"rmse"``, ``"mape"``, ``"smape"`` or ``"mase"``; that of the sentence by
        default, which stands above the picture whatever is drawn.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    OptionError
        If there is no such measure.

    Examples
    --------
    >>> import numpy as np
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> forecaster = AttentionForecaster(6, "linear").fit(np.sin(np.arange(300) / 3))
    >>> sorted(label.get_text() for label in plot_verdict(forecaster.verdict_).get_yticklabels())[2:5]
    ['mean', 'model', 'ridge']
    """
    measure = by or verdict.by
    label = pick(MEASURES, measure, what="measure")
    errors = {name: getattr(one, measure) for name, one in verdict.errors.items()}
    known = sorted((name for name in errors if math.isfinite(errors[name])), key=errors.__getitem__)
    if ax is None:
        ax = new_axes(width=6.4, height=1.5 + 0.32 * len(known))
    beats = verdict.improvement > 0 and verdict.test.mean_difference < 0 and verdict.test.p_value < SIGNIFICANT
    colour = BLUE if beats else VERMILLION
    for row, name in enumerate(known):
        if name == MODEL:
            ax.plot(errors[name], row, color=colour, marker="o", markersize=8, linestyle="none", zorder=4,
                    markerfacecolor=colour if beats else "white")  # fmt: skip
        else:
            ax.plot(errors[name], row, color=CHANCE, marker="D", markersize=6, linestyle="none", zorder=3)
        ax.plot([0, errors[name]], [row, row], color=FRAME, linewidth=0.6, zorder=1)
        ax.annotate(f"{errors[name]:.4g}", (1, row), (44, 0), xycoords=ax.get_yaxis_transform(), fontsize="small",
                    textcoords="offset points", ha="right", va="center", annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(known)), [name.replace("_", " ") for name in known])
    ax.set_ylim(len(known) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.set_xlabel(label)
    ax.set_title("\n".join(textwrap.wrap(verdict.sentence, 60)), fontsize="medium", loc="left")
    tidy(ax)
    return ax
