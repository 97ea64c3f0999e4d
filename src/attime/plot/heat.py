"""Heat: numbers as darkness on one scale, with the sign readable even where print has no colours."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from attime.errors import OptionError
from attime.plot.lanes import runs
from attime.plot.style import FRAME, relevance_colours, signed_colours

HATCH = "//////"
MOST_COLUMNS = 500


def colour_scale(values: Sequence[Float[np.ndarray, "*_shape"]], *, limit: float | None = None) -> Normalize:
    """Return a scale from 0 to the largest value, or symmetric around 0 if any value is negative.

    Raises
    ------
    OptionError
        If `limit` is not above 0.

    Examples
    --------
    >>> scale = colour_scale([np.array([0.5, 2.0])])
    >>> scale.vmin, scale.vmax
    (0.0, 2.0)
    >>> scale = colour_scale([np.array([0.5, -3.0, np.nan])])
    >>> scale.vmin, scale.vmax
    (-3.0, 3.0)
    """
    if limit is not None and not limit > 0:
        raise OptionError(f"limit is {limit}, expected a number above 0, or None for the largest value drawn")
    finite = np.concatenate([np.ravel(part)[np.isfinite(np.ravel(part))] for part in values])
    signed = bool((finite < 0).any())
    darkest = float(np.abs(finite).max(initial=0.0)) if limit is None else limit
    darkest = darkest if darkest > 0 else 1.0
    return Normalize(-darkest if signed else 0.0, darkest)


def draw_strip(
    ax: Axes,
    relevance: Float[np.ndarray, " time"],
    low: float,
    high: float,
    scale: Normalize,
    *,
    span: tuple[float, float] | None = None,
) -> AxesImage:
    """Draw one number for each step as a framed strip between the heights `low` and `high`.

    Steps stand at their numbers, or between the left and the right edge of `span`. A picture has no more than some five
    hundred columns to show; of longer series neighbouring steps are drawn as one column, with the strongest of their
    values, lest a single relevant step be averaged away.
    """
    limits = ax.get_xlim(), ax.get_ylim()
    left, right = (-0.5, len(relevance) - 0.5) if span is None else span
    step = (right - left) / len(relevance)
    size = math.ceil(len(relevance) / MOST_COLUMNS)
    columns = strongest(relevance, size)
    image = ax.imshow(
        columns[None, :],
        cmap=signed_colours() if _is_signed(scale) else relevance_colours(),
        norm=scale,
        aspect="auto",
        extent=(left, left + len(columns) * size * step, low, high),
        zorder=2,
    )
    ax.add_patch(
        Rectangle((left, low), right - left, high - low, facecolor="none", edgecolor=FRAME, linewidth=0.5, zorder=2.2)
    )
    negative = [(left + (start + 0.5) * size * step, width * size * step) for start, width in runs(columns < 0)]
    if negative:
        ax.broken_barh(
            negative, (low, high - low), facecolor="none", edgecolor="white", linewidth=0, hatch=HATCH, zorder=2.1
        )
    # An image would otherwise take the whole axes for itself.
    ax.set(xlim=limits[0], ylim=limits[1])
    return image


def strongest(values: Float[np.ndarray, " time"], size: int) -> Float[np.ndarray, " column"]:
    """Return of every `size` neighbouring values the one farthest from 0; NaN only where all are missing.

    Examples
    --------
    >>> strongest(np.array([0.0, -3.0, 1.0, 2.0, np.nan]), 2)
    array([-3.,  2., nan])
    """
    rows = np.pad(values, (0, -len(values) % size), constant_values=np.nan).reshape(-1, size)
    chosen = np.argmax(np.where(np.isnan(rows), -1.0, np.abs(rows)), axis=1)
    column: Float[np.ndarray, " column"] = rows[np.arange(len(rows)), chosen]
    return column


def add_colour_bar(axes: Sequence[Axes], image: ScalarMappable, label: str, *, below: bool = False) -> None:
    """Put a narrow labelled colour bar to the right of `axes`, or below, hatched like the strips where negative."""
    figure = axes[0].figure
    if below:
        bar = figure.colorbar(
            image,
            ax=list(axes),
            location="bottom",
            fraction=0.03,
            pad=0.02,
            aspect=40,
            shrink=0.7,
            ticks=MaxNLocator(4),
        )
    else:
        bar = figure.colorbar(
            image, ax=list(axes), location="right", fraction=0.03, pad=0.02, aspect=18, ticks=MaxNLocator(4)
        )
    bar.set_label(label)
    bar.outline.set_linewidth(0.5)
    lowest = (bar.ax.get_xlim() if below else bar.ax.get_ylim())[0]
    if lowest < 0:
        span = bar.ax.axvspan if below else bar.ax.axhspan
        span(lowest, 0, facecolor="none", edgecolor="white", linewidth=0, hatch=HATCH)


def _is_signed(scale: Normalize) -> bool:
    return scale.vmin is not None and float(np.min(scale.vmin)) < 0
