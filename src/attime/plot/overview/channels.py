"""Which channel matters for which class: shares of the relevance as bars, with the spread between cases."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from attime.errors import DataError
from attime.explain import ChannelImportance
from attime.plot.canvas import new_axes
from attime.plot.style import BLACK, CHANCE, class_colour, class_hatch, share_colours, short, tidy

MOST_BARS = 48


def plot_channels(importance: ChannelImportance, *, ax: Axes | None = None) -> Axes:
    """Draw the share of the relevance that lies on each channel, by class.

    Bars are means over cases, thin lines reach from the lower to the upper quantile of the cases. The dashed line is
    the share of each channel if all had the same. More than some fifty bars could not be told apart: then the shares
    are a table, the darker the larger.

    Parameters
    ----------
    importance
        From ``attime.explain.channel_importance``.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If no case has relevance.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> from attime.explain import Explanation, channel_importance
    >>> relevance = np.array([[[0.0, 3.0], [1.0, 0.0]]])
    >>> explanation = Explanation(
    ...     SeriesSet(relevance), relevance=relevance, target=np.array(["a"]),
    ...     probabilities=np.ones((1, 1)), classes=np.array(["a"]), method="occlusion",
    ... )
    >>> [float(bar.get_width()) for bar in plot_channels(channel_importance(explanation)).patches]
    [0.75, 0.25]
    """
    numbers = np.flatnonzero(importance.n_cases).tolist()
    if not numbers:
        raise DataError("no case has any relevance, so no channel has a share of it; explain with another method")
    if len(numbers) * len(importance.channels) > MOST_BARS:
        return _draw_table(importance, numbers, ax)
    return _draw_bars(importance, numbers, ax)


def _draw_bars(importance: ChannelImportance, numbers: list[int], ax: Axes | None) -> Axes:
    n_channels, n_bars = len(importance.channels), len(numbers)
    if ax is None:
        ax = new_axes(width=5.6, height=max(2.2, 0.9 + n_channels * (0.16 + 0.17 * max(n_bars, 1.5))))
    size = 0.8 / n_bars
    for place, number in enumerate(numbers):
        y = np.arange(n_channels) + (place - (n_bars - 1) / 2) * size
        ax.barh(
            y,
            importance.mean[number],
            height=0.86 * size,
            color=class_colour(number),
            hatch=class_hatch(number),
            edgecolor="white",
            linewidth=0,
            label=short(importance.classes[number]),
        )
        ax.hlines(y, importance.low[number], importance.high[number], color=BLACK, linewidth=1.0, zorder=3)
    low, high = (f"{100 * share:g}" for share in importance.interval)
    spread = ax.hlines([], 0, 0, color=BLACK, linewidth=1.0, label=f"{low} to {high} % of the cases")
    handles = [*ax.containers, spread]
    if n_channels > 1:
        handles.append(
            ax.axvline(1 / n_channels, color=CHANCE, linewidth=1.0, linestyle="--", zorder=0, label="equal shares")
        )
    ax.set_yticks(range(n_channels), importance.channels, fontsize=min(10.0, 240 / n_channels))
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(n_channels - 0.45, -0.55)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set(xlabel="share of the absolute relevance", ylabel="channel")
    ax.legend(
        handles=handles,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0.0,
        fontsize="small",
    )
    tidy(ax)
    return ax


def _draw_table(importance: ChannelImportance, numbers: list[int], ax: Axes | None) -> Axes:
    share = importance.mean[numbers]
    n_classes, n_channels = share.shape
    if ax is None:
        ax = new_axes(width=2.6 + 0.45 * min(n_channels, 24), height=1.4 + 0.28 * min(n_classes, 40))
    highest = float(share.max())
    image = ax.imshow(share, cmap=share_colours(), vmin=0.0, vmax=highest, aspect="auto")
    if n_channels <= 24 and n_classes <= 40:
        for (row, channel), value in np.ndenumerate(share):
            colour = "white" if value > 0.5 * highest else "black"
            ax.text(channel, row, f"{100 * value:.0f}", ha="center", va="center", color=colour, fontsize=8)
    small = min(9.0, 360 / n_classes)
    ax.set_yticks(range(n_classes), [short(name) for name in importance.classes[numbers].tolist()], fontsize=small)
    slanted = max(map(len, importance.channels)) > 3
    ax.set_xticks(range(n_channels), importance.channels, fontsize=min(9.0, 360 / n_channels))
    ax.tick_params(length=0)
    if slanted:
        ax.tick_params(axis="x", rotation=90)
    ax.set(xlabel="channel", ylabel="class")
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.045, pad=0.02, format=PercentFormatter(1.0))
    bar.set_label("mean share of the absolute relevance")
    bar.outline.set_linewidth(0.5)
    return ax
