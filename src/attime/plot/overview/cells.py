"""The confusion matrix with explanations in it: where the classifier looked in each cell, and the cases of one cell."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from attime.errors import DataError, OptionError
from attime.explain import ConfusionCells, Explanation, confusion_cells
from attime.plot.canvas import new_axes
from attime.plot.cases import CasePicture, case_title, plot_cases
from attime.plot.heat import add_colour_bar, colour_scale, draw_strip
from attime.plot.style import FEW, short

MOST_WITH_NUMBERS = 20


def plot_cells(cells: ConfusionCells, *, label: str = "relevance", ax: Axes | None = None) -> Axes:
    """Draw the confusion matrix, with the mean relevance over time as a strip in each cell.

    Numbers are cases; cells on the diagonal are shaded, those without cases are empty. All strips share one colour
    scale and run from the first to the last time step; they are grey where no case of the cell has the step. Beyond
    twenty classes the numbers are left out.

    Parameters
    ----------
    cells
        From ``attime.explain.confusion_cells``.
    label
        Name of the relevance beside the colour bar, with its unit if it has one.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    DataError
        If there are no cases.

    Examples
    --------
    >>> cells = ConfusionCells(
    ...     classes=np.array(["a", "b"]), counts=np.array([[1, 1], [0, 0]]), true=np.array([0, 0]),
    ...     predicted=np.array([0, 1]), probability=np.array([0.9, 0.6]), mean=np.full((2, 2, 5), 0.5),
    ... )
    >>> ax = plot_cells(cells)
    >>> [text.get_text() for text in ax.texts], len(ax.images)
    (['1', '1'], 2)
    """
    counts, n_classes = cells.counts, len(cells.classes)
    if not counts.any():
        raise DataError("there are no cases, so there is nothing to draw; explain at least one")
    names = [short(name) for name in cells.classes.tolist()]
    with_numbers = n_classes <= MOST_WITH_NUMBERS
    if ax is None:
        width = float(np.clip(6.0 / n_classes, 0.62, 2.0)) * min(n_classes, MOST_WITH_NUMBERS)
        height = float(np.clip(3.0 / n_classes, 0.4, 0.9)) * min(n_classes, MOST_WITH_NUMBERS)
        ax = new_axes(width=width + 1.4 + 0.07 * max(map(len, names)), height=height + 1.0)
    ax.set(xlim=(-0.5, n_classes - 0.5), ylim=(n_classes - 0.5, -0.5))
    scale = colour_scale([cells.mean])
    low, high = (0.36, -0.02) if with_numbers else (0.3, -0.3)
    for (true, predicted), count in np.ndenumerate(counts):
        if true == predicted:
            ax.add_patch(Rectangle((predicted - 0.5, true - 0.5), 1, 1, facecolor=FEW, zorder=0))
        if count and with_numbers:
            size = min(10.0, 100 / n_classes)
            ax.text(predicted, true - 0.24, f"{count:,}", ha="center", va="center", fontsize=size)
        if count:
            span = (predicted - 0.42, predicted + 0.42)
            image = draw_strip(ax, cells.mean[true, predicted], true + low, true + high, scale, span=span)
    for edge in np.arange(n_classes - 1) + 0.5:
        ax.axhline(edge, color=FEW, linewidth=1.0, zorder=0.5)
        ax.axvline(edge, color=FEW, linewidth=1.0, zorder=0.5)
    small = min(10.0, 360 / n_classes)
    slanted = max(map(len, names)) * n_classes > 40
    ax.set_xticks(range(n_classes), names, fontsize=small, rotation=40 if slanted else 0)
    if slanted:
        for tick in ax.get_xticklabels():
            tick.set(ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n_classes), names, fontsize=small)
    ax.tick_params(length=0)
    ax.set(xlabel="predicted class", ylabel="true class")
    add_colour_bar([ax], image, f"mean {label}")
    return ax


def plot_cell(
    explanation: Explanation,
    *,
    true: Hashable,
    predicted: Hashable,
    most: int = 6,
    columns: int = 2,
    label: str = "relevance",
) -> Figure:
    """Draw the cases of one cell of the confusion matrix, those first of which the classifier was most certain.

    Parameters
    ----------
    explanation
        Of labelled series.
    true, predicted
        The cell: cases of the class `true` that were taken for `predicted`.
    most
        How many cases to draw.
    columns
        Cases beside each other before the next row begins.
    label
        Name of the relevance beside the colour bar, with its unit if it has one.

    Raises
    ------
    OptionError
        If there is no such class, or `most` is below 1.
    DataError
        If the series have no labels, or the cell has no cases.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> wave = np.sin(np.linspace(0, 6.28, 50)) * np.ones((2, 1, 1))
    >>> explanation = Explanation(
    ...     SeriesSet(wave, labels=np.array(["a", "b"])), relevance=wave, target=np.array(["b", "b"]),
    ...     probabilities=np.array([[0.2, 0.8], [0.1, 0.9]]), classes=np.array(["a", "b"]), method="evidence",
    ... )
    >>> print(plot_cell(explanation, true="a", predicted="b").axes[0].get_title())
    1 of 1: case 0
    true: a
    predicted: b (p = 0.80)
    """
    if most < 1:
        raise OptionError(f"most is {most}, expected how many cases to draw; give 1 or more")
    cells = confusion_cells(explanation)
    cases = cells.cases(true, predicted)
    if len(cases) == 0:
        raise DataError(
            f"no case of class {true!r} was taken for {predicted!r}, so there is nothing to draw; "
            "ConfusionCells.counts tells which cells have cases"
        )
    pictures = [
        _picture(explanation, case, f"{rank} of {len(cases):,}: case {case}", float(cells.probability[case]))
        for rank, case in enumerate(cases[:most].tolist(), start=1)
    ]
    return plot_cases(pictures, columns=columns, label=label)


def _picture(explanation: Explanation, case: int, name: str, probability: float) -> CasePicture:
    series, relevance = explanation.series, explanation.relevance[case]
    spoke_for = explanation.target[case]
    title = case_title(series.labels[case], explanation.prediction[case], probability)  # type: ignore[index]
    if spoke_for != explanation.prediction[case]:
        title += f"\nrelevance for: {spoke_for}"
    return CasePicture(
        series.values[case],
        relevance if len(relevance) > 1 else relevance[0],
        truth=None if series.truth is None else series.truth[case],
        title=f"{name}\n{title}",
        channels=series.channels if series.n_channels > 1 else None,
    )
