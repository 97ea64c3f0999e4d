"""Reliability: how often answers are right, over how sure they are, and how many are how sure."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from attime.evaluate import Calibration
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, SKY_BLUE, VERMILLION, tidy

HISTOGRAM = (0.0, 1.04, 1.0, 0.2)  # left, bottom, width and height, in those of the diagram below it


def plot_reliability(calibration: Calibration, *, ax: Axes | None = None) -> Axes:
    """Draw the accuracy of each bin over its mean confidence, with the number of cases above.

    A dot on the dashed line is right as often as it says; one below it claims too much. Lines are 95 % intervals of the
    accuracy. A dot is full if the dashed line lies outside of its interval, and open if chance may have put it there.

    Parameters
    ----------
    calibration
        From ``attime.evaluate.calibration``.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The histogram stands above `ax`.

    Examples
    --------
    >>> from attime.evaluate import calibration
    >>> probabilities = np.array([[0.9, 0.1]] * 40)
    >>> labels = np.array(["no"] * 20 + ["yes"] * 20)
    >>> plot_reliability(calibration(labels, probabilities, np.array(["no", "yes"]))).get_title()
    'overconfident: off by 40.0 %, by chance 3.7 %'
    """
    if ax is None:
        ax = new_axes(width=4.4, height=5.9, compressed=True)
    filled = calibration.counts > 0
    confidence, accuracy = calibration.confidence[filled], calibration.accuracy[filled]
    low, high = calibration.low[filled], calibration.high[filled]
    off = (confidence < low) | (confidence > high)
    ax.plot([0, 1], [0, 1], color=CHANCE, linewidth=1.0, linestyle="--", zorder=1)
    ax.plot(confidence, accuracy, color=SKY_BLUE, linewidth=1.0, zorder=2)
    for which, colour, face in ((off, VERMILLION, VERMILLION), (~off, BLUE, "white")):
        ax.vlines(confidence[which], low[which], high[which], color=colour, linewidth=1.6, zorder=3)
        ax.plot(
            confidence[which], accuracy[which], color=colour, marker="o", markersize=6, markerfacecolor=face,
            linestyle="none", clip_on=False, zorder=4,
        )  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(-0.02, 1.02), aspect="equal")
    ax.set(xlabel="confidence: probability of the answer", ylabel="accuracy: share of right answers")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.legend(handles=_signs(), frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize="small")
    tidy(ax)
    _draw_counts(ax, calibration)
    return ax


def _draw_counts(ax: Axes, calibration: Calibration) -> None:
    """Draw how many cases each bin has above the diagram, and write the title over both."""
    above = ax.inset_axes(HISTOGRAM)
    above.bar(
        calibration.edges[:-1], calibration.counts, np.diff(calibration.edges), align="edge", color=SKY_BLUE,
        edgecolor="white", linewidth=0.6,
    )  # fmt: skip
    above.set(xlim=(0, 1), ylabel="cases")
    above.tick_params(labelbottom=False, bottom=False)
    above.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    tidy(above)
    own, chance = (f"{100 * error:.1f} %" for error in (calibration.expected_error, calibration.chance_error))
    ax.set_title(
        f"{calibration.tendency}: off by {own}, by chance {chance}", fontsize="medium", y=sum(HISTOGRAM[1::2]), pad=8
    )


def _signs() -> list[Line2D]:
    return [
        Line2D([], [], color=CHANCE, linewidth=1.0, linestyle="--", label="as often right as it says"),
        _dot(BLUE, "white", "so, or not told apart from it"),
        _dot(VERMILLION, VERMILLION, "not so, with its 95 % interval"),
    ]


def _dot(colour: str, face: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker="o", markersize=6, markerfacecolor=face, linewidth=1.6, label=label)
