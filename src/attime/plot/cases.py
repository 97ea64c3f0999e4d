"""Cases side by side: each once line over line with the attention, and once over the strip of its evidence."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from attime.errors import DataError
from attime.plot.attention import draw_series
from attime.plot.canvas import new_picture
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.lanes import as_channels, height_of
from attime.plot.strip import draw_over_strips


@dataclass(frozen=True, eq=False)
class CasePicture:
    """What is drawn of one case.

    Attributes
    ----------
    series
        The case, shape (time,) or (channel, time).
    evidence
        Signed evidence for the predicted class, shape (time,) or (channel, time).
    attention
        Attention weight of each step, shape (time,); None if the network has none.
    truth
        True where a step is known to matter; None if that is not known.
    title
        Stands above the case; `case_title` makes one.
    channels
        Names of the channels; numbers by default.

    Examples
    --------
    >>> wave = np.sin(np.linspace(0, 6.28, 50))
    >>> CasePicture(wave, evidence=wave**2, title="sine").attention is None
    True
    """

    series: Float[np.ndarray, "*channel time"]
    evidence: Float[np.ndarray, "*evidence_channel time"]
    attention: Float[np.ndarray, " time"] | None = None
    truth: Bool[np.ndarray, " time"] | None = None
    title: str = ""
    channels: tuple[str, ...] | None = None


def case_title(true: Hashable, predicted: Hashable, probability: float) -> str:
    """Say what a case is and what it was taken for.

    Examples
    --------
    >>> print(case_title("flattened", "normal", 0.731))
    true: flattened
    predicted: normal (p = 0.73)
    """
    # Never "p = 1.00" for a probability that is not 1.
    shown = f"= {probability:.2f}" if probability < 0.995 or probability == 1 else "> 0.99"
    return f"true: {true}\npredicted: {predicted} (p {shown})"


def plot_cases(pictures: Sequence[CasePicture], *, columns: int = 2, label: str = "evidence") -> Figure:
    """Draw cases side by side, `columns` in a row: attention as a line on top, evidence as a strip below.

    All strips share one colour scale, so that weak evidence looks weak; every attention has an axis of its own.
    If no case has attention, only the strips are drawn.

    Parameters
    ----------
    pictures
        The cases, such as a normal and an anomalous one.
    columns
        Cases beside each other before the next row begins.
    label
        Name of the evidence beside the colour bar, with its unit if it has one.

    Raises
    ------
    DataError
        If there are no pictures, or one of them holds arrays that do not fit together.

    Examples
    --------
    >>> wave = np.sin(np.linspace(0, 6.28, 50))
    >>> one = CasePicture(wave, wave**2, attention=np.full(50, 0.02), title=case_title("sine", "sine", 0.9))
    >>> len(plot_cases([one, one]).axes)
    7
    """
    if not pictures:
        raise DataError("there are no cases to draw; pass at least one CasePicture")
    columns = min(columns, len(pictures))
    n_rows = math.ceil(len(pictures) / columns)
    shapes = [as_channels(picture.series).shape for picture in pictures]
    n_channels = max(shape[0] for shape in shapes)
    scale = colour_scale([picture.evidence[..., : shape[1]] for picture, shape in zip(pictures, shapes, strict=True)])
    # Without attention the line alone would be drawn twice.
    forms = ("line", "strip") if any(picture.attention is not None for picture in pictures) else ("strip",)
    heights = [height_of(n_channels + 1, strips=form == "strip") * 0.85 for form in forms]
    figure = new_picture(width=1.0 + 4.4 * columns, height=1.1 + sum(heights) * n_rows)
    grid = figure.add_gridspec(len(forms) * n_rows, columns, height_ratios=heights * n_rows)
    by_label: dict[object, Artist] = {}
    strip_axes = []
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        axes = [figure.add_subplot(grid[len(forms) * row + part, column]) for part in range(len(forms))]
        strip_axes.append(axes[-1])
        image = draw_over_strips(
            axes[-1], picture.series, picture.evidence, truth=picture.truth, channels=picture.channels, scale=scale
        )
        handles = axes[-1].get_legend_handles_labels()[0]
        if len(axes) == 2:
            handles = draw_series(
                axes[0], picture.series, weights=picture.attention, truth=picture.truth, channels=picture.channels
            )
            axes[0].set_xlabel("")
            axes[0].tick_params(labelbottom=False)
        by_label.update((handle.get_label(), handle) for handle in handles)
        axes[0].set_title(picture.title, fontsize="medium")
        if column and n_channels > 1 and picture.channels == pictures[index - 1].channels:
            for ax in axes:
                ax.set_ylabel("")
                ax.tick_params(labelleft=False)
    if by_label:
        figure.legend(handles=list(by_label.values()), loc="outside upper center", ncols=3, frameon=False)
    add_colour_bar(strip_axes, image, label, below=True)
    return figure
