"""The critical-difference diagram: mean ranks on a line, bars over those that chance may have ordered."""

from __future__ import annotations

import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.plot.style import BLACK, BLUE, CHANCE, VERMILLION
from contest.ranks import Ranking

ROW, BAR, TICK = 0.33, 0.22, 0.12  # of a name, of a bar, of a tick of the axis; all in inches below the axis


def draw_ranks(ranking: Ranking, names: Mapping[str, str], *, mine: tuple[str, ...], title: str) -> Figure:
    """Draw mean ranks; `names` are shown instead of the ranked ones where they have one, `mine` in colour."""
    n = len(ranking.names)
    low, high = math.floor(ranking.mean_ranks[0]), math.ceil(ranking.mean_ranks[-1])
    left = (n + 1) // 2
    first_row = 0.35 + BAR * len(ranking.cliques)
    depth = first_row + ROW * max(left - 1, n - left - 1, 0) + 0.25
    figure = Figure(figsize=(7.0, depth + 0.9), layout="constrained")
    ax = figure.add_subplot()
    margin = 0.5 * (high - low)  # for the names
    ax.set(xlim=(low - margin, high + margin), ylim=(-depth, 0.65))
    ax.axis("off")
    ax.set_title(f"{title} ({ranking.n_sets} sets)", fontsize=10)
    _axis(ax, low, high)
    for place, (name, mean) in enumerate(zip(ranking.names, ranking.mean_ranks, strict=True)):
        row = place if place < left else n - 1 - place
        colour = VERMILLION if name in mine else BLACK
        y, edge = -(first_row + ROW * row), low if place < left else high
        ax.plot([mean, mean, edge], [0, y, y], color=colour, linewidth=1)
        ax.annotate(
            f"{names.get(name, name)}  {mean:.2f}" if place < left else f"{mean:.2f}  {names.get(name, name)}",
            (edge, y),
            xytext=(-4 if place < left else 4, 0),
            textcoords="offset points",
            ha="right" if place < left else "left",
            va="center",
            fontsize=9,
            color=colour,
            fontweight="bold" if name in mine else "normal",
        )
    for number, (first, last) in enumerate(ranking.cliques):
        y = -(0.2 + BAR * number)
        beyond = 0.01 * (high - low)
        ends = ranking.mean_ranks[first] - beyond, ranking.mean_ranks[last] + beyond
        ax.plot(ends, (y, y), color=BLUE, linewidth=4, solid_capstyle="butt", zorder=3)
    return figure


def _axis(ax: Axes, low: int, high: int) -> None:
    ax.plot([low, high], [0, 0], color=BLACK, linewidth=1)
    for tick in range(low, high + 1):
        ax.plot([tick, tick], [0, TICK], color=BLACK, linewidth=1)
        ax.text(tick, TICK + 0.05, str(tick), ha="center", va="bottom", fontsize=9)
    ax.text((low + high) / 2, 0.45, "mean rank, 1 is best; a bar joins what chance may have ordered", ha="center",
            va="bottom", fontsize=8, color=CHANCE)  # fmt: skip
