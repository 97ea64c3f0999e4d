"""Line over line: a series with the attention paid to each of its steps as a second, dashed line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from attime.plot.canvas import new_axes
from attime.plot.lanes import as_channels, check_steps, draw_channels, draw_truth, height_of
from attime.plot.style import ATTENTION


def plot_series(
    series: Float[np.ndarray, "*channel time"],
    *,
    weights: Float[np.ndarray, " time"] | None = None,
    truth: Bool[np.ndarray, " time"] | None = None,
    channels: Sequence[str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a series, the attention weights over it, and the part that is known to matter.

    Gaps (NaN) stay gaps; steps after the last observed one are padding and are not drawn.

    Parameters
    ----------
    series
        One case, shape (time,) or (channel, time). Several channels are drawn one above the other.
    weights
        Attention weight of each step; drawn dashed, with an axis of its own on the right.
    truth
        True where a step is known to matter; shaded.
    channels
        Names of the channels; numbers by default.
    title
        Stands above the picture.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If `series` has no observed value, or `weights` or `truth` another number of steps.
    OptionError
        If there is not one name for each channel.

    Examples
    --------
    >>> wave = np.sin(np.linspace(0, 6.28, 50))
    >>> ax = plot_series(wave, weights=np.full(50, 0.02), title="sine")
    >>> ax.get_xlabel(), [other.get_ylabel() for other in ax.figure.axes]
    ('time step', ['value', 'attention weight'])
    """
    if ax is None:
        n_channels = len(as_channels(series))
        ax = new_axes(width=6.4, height=height_of(n_channels + (weights is not None), strips=False))
    handles = draw_series(ax, series, weights=weights, truth=truth, channels=channels)
    if len(handles) > 1:
        ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderaxespad=0.2)
    if title is not None:
        ax.set_title(title, pad=24 if len(handles) > 1 else None)
    return ax


def draw_series(
    ax: Axes,
    series: Float[np.ndarray, "*channel time"],
    *,
    weights: Float[np.ndarray, " time"] | None,
    truth: Bool[np.ndarray, " time"] | None,
    channels: Sequence[str] | None,
) -> list[Artist]:
    """Draw what `plot_series` draws, without title and legend, and return what belongs in the legend."""
    drawn = as_channels(series)
    n_channels, n_steps = drawn.shape
    check_steps("weights", weights, series)
    check_steps("truth", truth, series)
    draw_channels(ax, drawn, channels, strip_share=0.0)
    ax.lines[-1].set_label("series")
    handles: list[Artist] = [ax.lines[-1]]
    if weights is not None:
        handles.append(_draw_weights(ax, weights[:n_steps], n_channels))
    if truth is not None:
        handles += draw_truth(ax, truth, n_steps)
    return handles


def _draw_weights(ax: Axes, weights: Float[np.ndarray, " time"], n_channels: int) -> Artist:
    twin = ax.twinx()
    (line,) = twin.plot(
        np.arange(len(weights)), weights, color=ATTENTION, linewidth=1.3, linestyle=(0, (4, 1.5)), label="attention"
    )
    highest = float(np.nanmax(weights, initial=0.0))
    top = highest * 1.05 if highest > 0 else 1.0
    twin.set_ylim(0, top)
    if n_channels > 1:
        # Below the channels, where the dashes cross none of them.
        ax.set_ylim(-1.15, n_channels)
        twin.set_ylim(0, top * (n_channels + 1.15))
        twin.yaxis.set_major_locator(FixedLocator([tick for tick in MaxNLocator(2).tick_values(0, top) if tick <= top]))
        twin.spines["right"].set_bounds(0, top)
    twin.set_ylabel("attention weight", loc="center" if n_channels == 1 else "bottom")
    twin.spines["top"].set_visible(False)
    return line
