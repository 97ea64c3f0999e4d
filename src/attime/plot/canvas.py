"""A figure of its own: outside pyplot, so that nothing piles up in memory, and still shown by notebooks.

pyplot keeps every figure alive until it is closed and may open a window; a library that draws a picture for each of a
thousand cases must do neither. Notebooks, however, show only pyplot's figures by themselves. So figures and axes made
here know how to turn into a PNG, and a notebook shows them when they are the last expression of a cell, like a table.
"""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure


class Picture(Figure):
    """A figure that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        return _png(self)


class PictureAxes(Axes):
    """Axes that a notebook shows together with the rest of their figure."""

    def _repr_png_(self) -> bytes:
        return _png(self.figure)


def new_picture(*, width: float, height: float, compressed: bool = False) -> Picture:
    """Return an empty figure, `width` by `height` inches, whose parts make room for each other.

    `compressed` is for axes of a fixed shape, such as a square matrix: no room is left between them and their labels.

    Examples
    --------
    >>> new_picture(width=4, height=3).get_size_inches().tolist()
    [4.0, 3.0]
    """
    return Picture(figsize=(width, height), layout="compressed" if compressed else "constrained")


def new_axes(*, width: float, height: float, compressed: bool = False) -> Axes:
    """Return the only axes of a new figure, `width` by `height` inches.

    Examples
    --------
    >>> import io
    >>> ax = new_axes(width=4, height=3)
    >>> ax.figure.savefig(io.BytesIO())
    """
    return new_picture(width=width, height=height, compressed=compressed).add_subplot(axes_class=PictureAxes)


def _png(figure: Figure | SubFigure) -> bytes:
    target = io.BytesIO()
    # Of a sub-figure this is the whole one, and of a whole one itself.
    figure.figure.savefig(target, format="png")
    return target.getvalue()
