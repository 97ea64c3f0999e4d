"""Events laid over each other: the series around their strongest evidence, with their mean and mean relevance."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from attime.explain import Aligned
from attime.plot.canvas import new_picture
from attime.plot.heat import add_colour_bar, colour_scale, draw_strip
from attime.plot.lanes import LANE_GAP, height_of
from attime.plot.overview.limits import TALLEST_PANEL, classes_that_fit, say_what_is_missing
from attime.plot.style import BLACK, CHANCE, class_colour, short, tidy

MOST_LINES = 60


def plot_aligned(aligned: Aligned, *, columns: int = 3, label: str = "relevance") -> Figure:
    """Draw the aligned series of each class over each other, their mean, and the mean relevance as a strip below.

    Of a class with more than sixty cases every second, third, … is drawn; the mean is that of all. All classes share
    the scale of each channel. The strip is dark in the middle whatever the method, since by that the series were
    aligned: look whether the series have a shape in common. Of too many classes for one picture those with the most
    cases are shown.

    Parameters
    ----------
    aligned
        From ``attime.explain.align``.
    columns
        Classes beside each other before the next row begins.
    label
        Name of the relevance beside the colour bar, with its unit if it has one.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> from attime.explain import Explanation, align
    >>> wave = np.sin(np.linspace(0, 6.28, 50)) * np.array([1, 2, 3, 4])[:, None, None]
    >>> explanation = Explanation(
    ...     SeriesSet(wave), relevance=wave, target=np.array(["a", "a", "b", "b"]),
    ...     probabilities=np.full((4, 2), 0.5), classes=np.array(["a", "b"]), method="evidence",
    ... )
    >>> figure = plot_aligned(align(explanation, width=21))
    >>> [ax.get_title() for ax in figure.axes[::2]]
    ['a (2 cases)', 'b (2 cases)', '']
    """
    n_cases = np.bincount(aligned.numbers, minlength=len(aligned.classes))
    columns = min(columns, int(np.count_nonzero(n_cases)))
    n_channels, n_strips = len(aligned.channels), aligned.relevance.shape[1]
    heights = [min(0.75 * height_of(n_channels + 1, strips=True), TALLEST_PANEL), min(0.22 * n_strips, TALLEST_PANEL)]
    height = 0.6 + sum(heights)
    numbers = classes_that_fit(n_cases, row=height, around=1.2, columns=columns)
    n_rows = math.ceil(len(numbers) / columns)
    figure = new_picture(width=0.9 + 3.5 * columns, height=1.2 + height * n_rows)
    say_what_is_missing(figure, len(numbers), int(np.count_nonzero(n_cases)))
    grid = figure.add_gridspec(2 * n_rows, columns, height_ratios=heights * n_rows)
    mean_series, mean_relevance = aligned.mean_series, aligned.mean_relevance
    scale, limits = colour_scale([mean_relevance]), _limits(aligned.series)
    left = -(aligned.width // 2)
    axes = []
    for place, number in enumerate(numbers):
        row, column = divmod(place, columns)
        top, low = (figure.add_subplot(grid[2 * row + part, column]) for part in range(2))
        cases = np.flatnonzero(aligned.numbers == number)
        shown = cases[:: math.ceil(len(cases) / MOST_LINES)]
        _draw_series(top, aligned.series[shown], mean_series[number], limits, left, class_colour(number))
        _name_channels(top, aligned.channels, first=column == 0)
        count = f"{len(cases):,} case{'' if len(cases) == 1 else 's'}"
        drawn = "" if len(shown) == len(cases) else f", {len(shown)} drawn"
        top.set_title(f"{short(aligned.classes[number])} ({count}{drawn})", fontsize="medium")
        low.set(xlim=top.get_xlim(), ylim=(0, n_strips))
        for strip, relevance in enumerate(mean_relevance[number]):
            edge = n_strips - strip
            image = draw_strip(low, relevance, edge - 0.9, edge - 0.1, scale, span=top.get_xlim())
        _label_strip(low, aligned.channels if n_strips > 1 and column == 0 else ())
        if place + columns >= len(numbers):
            low.set_xlabel("steps from the strongest evidence")
        axes += [top, low]
    add_colour_bar(axes, image, f"mean {label}", below=True)
    return figure


def _limits(series: Float[np.ndarray, "case channel width"]) -> list[tuple[float, float]]:
    """Return the range of each channel over all classes; a channel without any value gets one of its own.

    Where lanes must share the height, one value in a hundred may leave its lane on either side, lest a few press all
    others flat.
    """
    outside = 0.0 if series.shape[1] == 1 else 0.01
    limits = []
    for channel in np.moveaxis(series, 1, 0):
        values = channel[np.isfinite(channel)]
        low, high = np.quantile(values, [outside, 1 - outside]).tolist() if len(values) else (0.0, 1.0)
        limits.append((low, high) if high > low else (low - 0.5, low + 0.5))
    return limits


def _draw_series(
    ax: Axes,
    series: Float[np.ndarray, "case channel width"],
    mean: Float[np.ndarray, "channel width"],
    limits: list[tuple[float, float]],
    left: int,
    colour: str,
) -> None:
    """Draw thin lines for the cases and a thick one for their mean; several channels each in a lane of its own."""
    n_channels, width = mean.shape
    step = np.arange(left, left + width)
    alpha = float(np.clip(6 / len(series), 0.15, 0.7))
    for channel, (low, high) in enumerate(limits):
        base, size = (low, high - low) if n_channels == 1 else (n_channels - 1 - channel + LANE_GAP / 2, 1 - LANE_GAP)
        lines, thick = (base + (part - low) / (high - low) * size for part in (series[:, channel], mean[channel]))
        ax.add_collection(
            LineCollection(
                [np.column_stack([step, line]) for line in lines], colors=colour, linewidths=0.7, alpha=alpha
            ),
            autolim=False,
        )
        ax.plot(step, thick, color="white", linewidth=3.2, zorder=3)
        ax.plot(step, thick, color=BLACK, linewidth=1.5, zorder=3.1)
    low, high = limits[0] if n_channels == 1 else (0.0, float(n_channels))
    slack = 0.04 * (high - low)
    ax.set(xlim=(left - 0.5, left + width - 0.5), ylim=(low - slack, high + slack))
    ax.axvline(0, color=CHANCE, linewidth=0.8, linestyle=":", zorder=1)
    ax.tick_params(labelbottom=False, length=2)
    tidy(ax)


def _name_channels(ax: Axes, channels: tuple[str, ...], *, first: bool) -> None:
    if len(channels) == 1:
        ax.set_ylabel("value" if first else "")
        return
    middles = [len(channels) - 0.5 - number for number in range(len(channels))]
    ax.set_yticks(middles, channels if first else [""] * len(channels), fontsize=min(9.0, 240 / len(channels)))
    ax.tick_params(axis="y", length=0)


def _label_strip(ax: Axes, channels: tuple[str, ...]) -> None:
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    middles = [len(channels) - 0.5 - number for number in range(len(channels))]
    ax.set_yticks(middles, channels, fontsize=min(9.0, 120 / max(1, len(channels))))
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left", "bottom"]].set_visible(False)
