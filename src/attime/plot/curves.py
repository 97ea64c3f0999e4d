"""Can an explanation be trusted? Its curves beside those of a random order, and its measures beside theirs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from attime.errors import DataError
from attime.explain import Curve, Faithfulness, Measured, mean_interval
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION, tidy

LINES = ((BLUE, "o"), (VERMILLION, "s"), (GREEN, "^"), (PURPLE, "D"), (ORANGE, "v"), (SKY_BLUE, "P"))
FURTHEST = 2.0  # on the axis of all measures, most of which lie between 0 and 1
ACTIONS = {"deletion": "taken away", "insertion": "put back"}


def plot_curve(curves: Curve | Sequence[Curve], *, probabilities: bool = False, ax: Axes | None = None) -> Axes:
    """Draw how the prediction changes as the most relevant steps are taken away, or put back.

    A line is the mean over cases and its band the 95 % interval of that mean; random orders are grey and dashed. Taken
    away, a line below the grey one is good; put back, one above.

    Parameters
    ----------
    curves
        One, or several of the same kind, one for each method.
    probabilities
        Draw the probability of the explained class instead of its logit.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If there is no curve, or curves of both kinds, or of different replacements.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import deletion_curve, explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> ax = plot_curve(deletion_curve(clf, explain(clf, series[:10]), shares=(0.1, 0.2)))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['evidence', 'random order']
    """
    drawn = [curves] if isinstance(curves, Curve) else list(curves)
    kinds = {(one.kind, one.replacement) for one in drawn}
    if len(kinds) != 1:
        raise DataError(
            f"{len(drawn)} curves of {len(kinds)} kinds arrived, expected one kind with one replacement; draw others "
            "on axes of their own"
        )
    if ax is None:
        ax = new_axes(width=5.6, height=3.4)
    within = (0.0, 1.0) if probabilities else (-np.inf, np.inf)
    for number, one in enumerate(drawn):
        colour, marker = LINES[number % len(LINES)]
        heights = one.probabilities if probabilities else one.logits
        _draw(ax, one.shares, heights, colour=colour, dash="-", marker=marker, label=one.method, within=within)
    # Of the first curve only: random orders are those of the same cases, whatever the method.
    random = drawn[0].random_probabilities if probabilities else drawn[0].random_logits
    _draw(ax, drawn[0].shares, random, colour=CHANCE, dash="--", marker="", label="random order", within=within)
    kind, replacement = kinds.pop()
    how = f" ({replacement})" if replacement != "delete" else ""
    ax.set_xlabel(f"share of the steps {ACTIONS[kind]}{how}, most relevant first")
    ax.set_ylabel(("probability" if probabilities else "logit") + " of the explained class")
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.set_xlim(0, drawn[0].shares[-1])
    tidy(ax)
    ax.legend(frameon=False, loc="best")
    return ax


def plot_faithfulness(faithfulness: Faithfulness, *, ax: Axes | None = None) -> Axes:
    """Draw every measure as a dot with its 95 % interval, and beside it a grey diamond for a random order.

    A full blue dot is better than a random order, case by case; an open one cannot be told from it, or is worse; a
    black one has none beside it. Arrows behind the names say which way is good. Measures far beyond 1 are
    divided by a power of ten, as said with their names; the numbers on the right are as measured.

    Parameters
    ----------
    faithfulness
        From ``attime.explain.faithfulness``.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain, faithfulness
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> ax = plot_faithfulness(faithfulness(clf, explain(clf, series[:10])))
    >>> ax.get_yticklabels()[1].get_text()
    'AOPCR, probability ↑'
    """
    measures = faithfulness.measures
    if ax is None:
        ax = new_axes(width=7.6, height=1.1 + 0.34 * len(measures))
    names = [_draw_measure(ax, row, one) for row, one in enumerate(measures)]
    _write(ax, -1, "mean", "random")
    ax.axvline(0, color=CHANCE, linewidth=0.6, zorder=0)
    ax.set_yticks(range(len(measures)), names)
    ax.set_ylim(len(measures) - 0.4, -0.6)
    ax.set_xlabel("mean over cases, with its 95 % interval")
    ax.set_ylabel("measure")
    cases = "1 case" if faithfulness.n_cases == 1 else f"{faithfulness.n_cases:,} cases"
    ax.set_title(f"{faithfulness.method}, {cases}", fontsize="medium", loc="left")
    if any(one.random is not None for one in measures):
        diamond = Line2D([], [], color=CHANCE, marker="D", markersize=5, linestyle="none", label="random order")
        ax.legend(handles=[diamond], frameon=False, loc="lower right", bbox_to_anchor=(0.99, 0.99), borderpad=0)
    tidy(ax)
    return ax


def _draw(
    ax: Axes,
    shares: Float[np.ndarray, " share"],
    heights: Float[np.ndarray, "case share"],
    *,
    colour: str,
    dash: str,
    marker: str,
    label: str,
    within: tuple[float, float],
) -> None:
    interval = mean_interval(heights)
    ax.plot(
        shares, interval.mean, color=colour, linestyle=dash, marker=marker, markersize=4, linewidth=1.6, label=label,
        clip_on=False, zorder=3 if marker else 2,
    )  # fmt: skip
    if len(heights) > 1:
        low, high = np.clip(interval.low, *within), np.clip(interval.high, *within)
        ax.fill_between(shares, low, high, color=colour, alpha=0.15, linewidth=0, zorder=1)


def _draw_measure(ax: Axes, row: int, one: Measured) -> str:
    """Draw one row and return its name."""
    ends = [abs(end) for end in (one.value, one.low, one.high, one.random or 0.0) if math.isfinite(end)]
    power = math.ceil(math.log10(max(ends))) if max(ends) > FURTHEST else 0
    value, low, high = (end / 10**power for end in (one.value, one.low, one.high))
    colour = {"better": BLUE, None: "black"}.get(one.beside_random, VERMILLION)
    face = "white" if one.beside_random in {"worse", "undecided"} else colour
    if math.isfinite(low) and math.isfinite(high):
        ax.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
    if one.random is not None:
        ax.plot(one.random / 10**power, row, color=CHANCE, marker="D", markersize=5, linestyle="none", zorder=3)
    ax.plot(value, row, color=colour, marker="o", markersize=7, markerfacecolor=face, linestyle="none", zorder=4)
    _write(ax, row, f"{one.value:.2f}", "" if one.random is None else f"{one.random:.2f}")
    arrow = "↑" if one.higher_is_better else "↓"
    return f"{one.label}{f' ÷ {10**power}' if power else ''} {arrow}"


def _write(ax: Axes, row: int, value: str, random: str) -> None:
    """Write both numbers on the right of the axes, the random one in its grey."""
    for points, text, colour in ((42, value, "black"), (88, random, CHANCE)):
        ax.annotate(
            text.replace("-", "−"), (1, row), (points, 0), xycoords=ax.get_yaxis_transform(),
            textcoords="offset points", color=colour, ha="right", va="center", fontsize="small", annotation_clip=False,
        )  # fmt: skip
