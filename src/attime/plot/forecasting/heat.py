"""Weights as darkness over real times: rows of cells whose borders lie half way between the time stamps."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float, Float64
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Normalize

from attime.plot.forecasting.times import edges
from attime.plot.heat import HATCH, MOST_COLUMNS, strongest
from attime.plot.lanes import runs
from attime.plot.style import relevance_colours, signed_colours


def draw_cells(
    ax: Axes,
    times: Float64[np.ndarray, " time"],
    borders: Float64[np.ndarray, " row_and_one"],
    weights: Float[np.ndarray, "row time"],
    scale: Normalize,
) -> QuadMesh:
    """Draw rows of weights between `borders`; negative ones are hatched. Of many steps the strongest are drawn."""
    size = math.ceil(len(times) / MOST_COLUMNS)
    columns = np.array([strongest(row, size) for row in weights])
    every = edges(times)
    sides = np.append(every[:-1:size], every[-1])
    signed = scale.vmin is not None and scale.vmin < 0
    mesh = ax.pcolormesh(
        sides, borders, columns, cmap=signed_colours() if signed else relevance_colours(), norm=scale, zorder=2
    )
    for low, high, row in zip(borders[:-1], borders[1:], columns, strict=True):
        below = [(int(first + 0.5), int(first + 0.5 + width)) for first, width in runs(row < 0)]
        if below:
            stretches = [(sides[first], sides[end] - sides[first]) for first, end in below]
            ax.broken_barh(
                stretches, (low, high - low), facecolor="none", edgecolor="white", linewidth=0, hatch=HATCH, zorder=2.1
            )
    return mesh
