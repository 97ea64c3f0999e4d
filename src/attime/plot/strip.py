"""Line over strip: a series above a strip of paper that is the darker, the more relevant the step.

Evidence has a sign: what speaks for the class is vermillion, what speaks against it blue and hatched, nothing is white.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

from attime.errors import DataError
from attime.plot.canvas import new_axes
from attime.plot.heat import add_colour_bar, colour_scale, draw_strip
from attime.plot.lanes import as_channels, check_steps, draw_channels, draw_truth, height_of

STRIP_SHARE = 0.34


def plot_strip(
    series: Float[np.ndarray, "*channel time"],
    relevance: Float[np.ndarray, "*relevance_channel time"],
    *,
    truth: Bool[np.ndarray, " time"] | None = None,
    channels: Sequence[str] | None = None,
    label: str = "relevance",
    limit: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a series with a heat strip of the relevance of its steps below it.

    Gaps (NaN) stay gaps; steps after the last observed one are padding and are not drawn. Where relevance is NaN, the
    strip is grey.

    Parameters
    ----------
    series
        One case, shape (time,) or (channel, time). Several channels are drawn one above the other.
    relevance
        Relevance of each step, shape (time,), for one strip below all channels; or (channel, time), for one strip below
        each channel. If any value is negative, the colours are centred on 0 and negative ones are hatched.
    truth
        True where a step is known to matter; shaded.
    channels
        Names of the channels; numbers by default.
    label
        Name of the relevance beside its colour bar, with its unit if it has one.
    limit
        Absolute relevance that gets the darkest colour; the largest that is drawn, by default. Pass the same to several
        pictures that are to be compared.
    title
        Stands above the picture.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    DataError
        If `series` has no observed value, or `relevance` or `truth` another number of steps or channels.
    OptionError
        If there is not one name for each channel, or `limit` is not above 0.

    Examples
    --------
    >>> wave = np.sin(np.linspace(0, 6.28, 50))
    >>> ax = plot_strip(wave, abs(wave), label="evidence")
    >>> len(ax.lines), len(ax.images)
    (1, 1)
    """
    drawn = as_channels(series)
    check_steps("relevance", relevance, series)
    scale = colour_scale([relevance[..., : drawn.shape[1]]], limit=limit)
    if ax is None:
        ax = new_axes(width=6.4, height=height_of(len(drawn) + 1, strips=relevance.ndim == 2))
    image = draw_over_strips(ax, series, relevance, truth=truth, channels=channels, scale=scale)
    add_colour_bar([ax], image, label)
    if title is not None:
        ax.set_title(title)
    return ax


def draw_over_strips(
    ax: Axes,
    series: Float[np.ndarray, "*channel time"],
    relevance: Float[np.ndarray, "*relevance_channel time"],
    *,
    truth: Bool[np.ndarray, " time"] | None,
    channels: Sequence[str] | None,
    scale: Normalize,
) -> AxesImage:
    """Draw what `plot_strip` draws, without title and colour bar, and return one image for the colour bar."""
    drawn = as_channels(series)
    n_channels, n_steps = drawn.shape
    check_steps("relevance", relevance, series)
    check_steps("truth", truth, series)
    rows = np.atleast_2d(relevance)
    if rows.ndim != 2 or len(rows) not in (1, n_channels):
        raise DataError(
            f"relevance has shape {relevance.shape} for {n_channels} channels; pass (time,) or ({n_channels}, time)"
        )
    one_for_all = len(rows) < n_channels
    lanes = draw_channels(ax, drawn, channels, strip_share=0.0 if one_for_all else STRIP_SHARE)
    if truth is not None:
        draw_truth(ax, truth, n_steps)
    edges = [(lane.strip_low, lane.strip_high) for lane in lanes]
    if one_for_all:
        edges = [(-0.8, -0.15)]
        ax.set_ylim(-0.95, n_channels)
    images = [draw_strip(ax, row[:n_steps], low, high, scale) for row, (low, high) in zip(rows, edges, strict=True)]
    return images[0]
