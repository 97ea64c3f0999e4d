"""When a class is told by: mean relevance of its cases under their mean series, with the spread between cases."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool, Int
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from attime.errors import DataError
from attime.explain import ClassProfile
from attime.plot.canvas import new_picture
from attime.plot.heat import HATCH, add_colour_bar, colour_scale
from attime.plot.lanes import as_channels, draw_channels, height_of, runs
from attime.plot.overview.limits import classes_that_fit, say_what_is_missing
from attime.plot.strip import draw_over_strips
from attime.plot.style import BLACK, CHANCE, FEW, VERMILLION, short, tidy


def plot_profile(profile: ClassProfile, *, columns: int = 3, label: str = "relevance") -> Figure:
    """Draw mean relevance by class and time, each class with its mean series above.

    Relevance that is not divided among channels is a line with a band between the quantiles of the profile, on the
    same axis for all classes. Divided among several channels, it is a strip below each of them. Steps that fewer than
    half of the cases of a class have are shaded: there the mean may turn on a few long series. Where there are too many
    classes for one picture, those with the most cases are shown.

    Parameters
    ----------
    profile
        From ``attime.explain.relevance_by_class``.
    columns
        Classes beside each other before the next row begins.
    label
        Name of the relevance, with its unit if it has one.

    Raises
    ------
    DataError
        If no class has cases.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> from attime.explain import Explanation, relevance_by_class
    >>> wave = np.sin(np.linspace(0, 6.28, 50)) * np.ones((4, 1, 1))
    >>> explanation = Explanation(
    ...     SeriesSet(wave), relevance=abs(wave), target=np.array(["a", "a", "b", "b"]),
    ...     probabilities=np.full((4, 2), 0.5), classes=np.array(["a", "b"]), method="evidence",
    ... )
    >>> [ax.get_title() for ax in plot_profile(relevance_by_class(explanation)).axes]
    ['a (2 cases)', '', 'b (2 cases)', '']
    """
    n_all = int(np.count_nonzero(profile.n_cases))
    if not n_all:
        raise DataError("the profile has no cases, so there is nothing to draw; explain at least one")
    columns, n_channels, divided = min(columns, n_all), len(profile.channels), profile.mean.shape[1] > 1
    series_height = 0.7 * height_of(n_channels, strips=divided)
    heights = [series_height] if divided else [0.6 * series_height, 1.2]
    height = 0.35 + sum(heights)
    numbers = classes_that_fit(profile.n_cases, row=height, around=0.9, columns=columns)
    n_rows = math.ceil(len(numbers) / columns)
    figure = new_picture(width=0.9 + 3.5 * columns, height=0.9 + height * n_rows)
    say_what_is_missing(figure, len(numbers), n_all)
    grid = figure.add_gridspec(n_rows * len(heights), columns, height_ratios=heights * n_rows)
    scale = colour_scale([profile.mean])
    tops, lows, shades = [], [], []
    for place, number in enumerate(numbers):
        row, column = divmod(place, columns)
        parts = [figure.add_subplot(grid[row * len(heights) + part, column]) for part in range(len(heights))]
        image = _draw_class(parts, profile, number, scale)
        parts[0].set_title(f"{short(profile.classes[number])} ({_cases(profile.n_cases[number])})", fontsize="medium")
        few = profile.n_present[number].max(axis=0) < profile.n_cases[number] / 2
        shades += [_shade(ax, few) for ax in parts if few.any()]
        for ax in parts:
            ax.set_xlim(-0.5, len(few) - 0.5)
            if place + columns < len(numbers) or ax is not parts[-1]:
                ax.set_xlabel("")
                ax.tick_params(labelbottom=ax is parts[-1])
            if column:
                ax.set_ylabel("")
            elif ax is parts[0] and n_channels > 1:
                ax.set_ylabel("channel")  # the lane's own label is too long for panels as low as these
        tops.append(parts[0])
        lows.append(parts[-1])
    handles: list[Artist] = shades[:1]
    if image is not None:
        add_colour_bar(tops, image, f"mean {label}", below=True)
    else:
        handles = _share_scale(lows, profile, label) + handles
    if handles:
        figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False)
    return figure


def _draw_class(parts: list[Axes], profile: ClassProfile, number: int, scale: Normalize) -> AxesImage | None:
    """Draw the mean series over strips, or over a line with a band, and return an image for the colour bar if any."""
    series, mean = profile.series[number], profile.mean[number]
    if len(parts) == 1:
        return draw_over_strips(parts[0], series, mean, truth=None, channels=profile.channels, scale=scale)
    draw_channels(parts[0], as_channels(series), profile.channels, strip_share=0.0)
    if len(profile.channels) == 1:
        parts[0].set_ylabel("mean value")
    step, low, high = np.arange(mean.shape[1]), profile.low[number, 0], profile.high[number, 0]
    ax = parts[1]
    for_class = (np.maximum(low, 0.0), np.maximum(high, 0.0))
    against = (np.minimum(low, 0.0), np.minimum(high, 0.0))
    ax.fill_between(step, *for_class, color=VERMILLION, alpha=0.35, linewidth=0, label="for")
    ax.fill_between(
        step, *against, facecolor="#9CCBE6", edgecolor="white", linewidth=0, hatch=HATCH, alpha=0.9, label="against"
    )
    ax.axhline(0.0, color=CHANCE, linewidth=0.6)
    ax.plot(step, mean[0], color=BLACK, linewidth=1.2, label="mean")
    ax.set_xlabel("time step")
    tidy(ax)
    return None


def _share_scale(axes: list[Axes], profile: ClassProfile, label: str) -> list[Artist]:
    """Give the bands of all classes one scale, and return what belongs in the legend."""
    drawn = [part[np.isfinite(part)] for part in (profile.mean, profile.low, profile.high)]
    lowest, highest = min(0.0, *(part.min() for part in drawn)), max(0.0, *(part.max() for part in drawn))
    slack = 0.05 * (highest - lowest) or 0.5
    for ax in axes:
        ax.set_ylim(lowest - slack if lowest < 0 else 0.0, highest + slack)
        if ax.get_subplotspec().colspan.start == 0:  # type: ignore[union-attr]
            ax.set_ylabel(label)
    low, high = (f"{100 * share:g}" for share in profile.interval)
    by_name = dict(zip(*reversed(axes[0].get_legend_handles_labels()), strict=True))
    by_name["mean"].set_label(f"mean {label}")
    by_name["for"].set_label(f"{low} to {high} % of the cases: for the class")
    by_name["against"].set_label("against it")
    return [by_name["mean"], by_name["for"], *([by_name["against"]] if lowest < 0 else [])]


def _shade(ax: Axes, few: Bool[np.ndarray, " time"]) -> Artist:
    whole_height = ax.get_xaxis_transform()
    label = "fewer than half of the cases"
    return ax.broken_barh(runs(few), (0, 1), transform=whole_height, facecolor=FEW, zorder=0, label=label)


def _cases(number: int | Int[np.ndarray, ""] | np.integer) -> str:
    return f"{number:,} case{'' if number == 1 else 's'}"
