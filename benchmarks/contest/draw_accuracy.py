"""Pictures of accuracies: against seconds, and set by set against rivals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from attime.plot.style import BLACK, BLUE, CHANCE, VERMILLION, tidy
from contest.ranks import duel

Point = tuple[float, float]


def draw_seconds(points: Mapping[str, Point], *, mine: Sequence[str], title: str) -> Figure:
    """Draw the mean accuracy of each model against its seconds, which are drawn in powers of ten."""
    figure = Figure(figsize=(5.5, 3.8), layout="constrained")
    ax = figure.add_subplot()
    for name, (seconds, accuracy) in points.items():
        own = name in mine
        ax.plot(seconds, accuracy, "o" if own else "s", color=VERMILLION if own else BLACK, markersize=7)
        where = {"xytext": (0, 8 if own else -8), "va": "bottom" if own else "top", "ha": "center"}
        ax.annotate(name, (seconds, accuracy), textcoords="offset points", fontsize=9, **where)
    ax.set_xscale("log")
    ax.set(xlabel="seconds to fit and predict all sets", ylabel="mean accuracy", title=title)
    ax.title.set_fontsize(10)
    ax.margins(x=0.25, y=0.2)
    ax.grid(color="0.92", linewidth=0.7)
    ax.set_axisbelow(True)
    tidy(ax)
    return figure


def draw_rivals(mine: str, own: Sequence[float], rivals: Mapping[str, Sequence[float]], *, title: str) -> Figure:
    """Draw a panel for each rival: a point is a data set, above the line where ours is better. NaN is left out."""
    n_columns = min(3, len(rivals))
    n_rows = math.ceil(len(rivals) / n_columns)
    figure = Figure(figsize=(3.1 * n_columns, 3.1 * n_rows + 0.3), layout="constrained")
    axes = figure.subplots(n_rows, n_columns, squeeze=False).ravel()
    figure.suptitle(title, fontsize=10)
    for ax, (rival, scores) in zip(axes, rivals.items(), strict=False):
        known = ~np.isnan(np.asarray(scores)) & ~np.isnan(np.asarray(own))
        x, y = np.asarray(scores)[known], np.asarray(own)[known]
        low = max(0.0, min(x.min(), y.min()) - 0.05)
        ax.plot([low, 1], [low, 1], "--", color=CHANCE, linewidth=1)
        ax.plot(x, y, "o", color=BLUE, markersize=5, alpha=0.7, markeredgewidth=0)
        found = duel(mine, rival, y, x)
        ax.text(0.03, 0.97, f"better on {found.wins}", transform=ax.transAxes, va="top", fontsize=8, color=CHANCE)
        ax.text(
            0.97, 0.03, f"worse on {found.losses}, equal on {found.draws}",
            transform=ax.transAxes, ha="right", fontsize=8, color=CHANCE,
        )  # fmt: skip
        ax.set(xlim=(low, 1.02), ylim=(low, 1.02), aspect="equal", xlabel=rival, ylabel=mine)
        tidy(ax)
    for ax in axes[len(rivals) :]:
        ax.axis("off")
    return figure
