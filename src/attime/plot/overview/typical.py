"""Typical and strange cases beside each other: what the explanations of a class look like, and what falls out of it."""

from __future__ import annotations

import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.errors import DataError
from attime.explain import Explanation, TypicalCases
from attime.plot.canvas import new_picture
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.lanes import height_of
from attime.plot.overview.limits import TALLEST_PANEL, classes_that_fit, say_what_is_missing
from attime.plot.strip import draw_over_strips
from attime.plot.style import short

GAP = 0.12  # between typical and strange cases, in widths of a case
NAME_WIDTH = 14  # letters of a class name in one line, beside a row


def plot_typical(explanation: Explanation, typical: TypicalCases, *, label: str = "relevance") -> Figure:
    """Draw the most typical cases of each class on the left and the strangest on the right, over their relevance.

    Each class is a row. All strips share one colour scale, whose darkest colour is the largest relevance of a typical
    case, lest a strange one with very large relevance make all others pale. Above each case stands its agreement with
    the others of its class. Shaded steps are those that are known to matter. Where there are too many classes for one
    picture, those with the most cases are shown.

    Parameters
    ----------
    explanation
        That of which `typical` was made.
    typical
        From ``attime.explain.typical_cases``.
    label
        Name of the relevance beside the colour bar, with its unit if it has one.

    Raises
    ------
    DataError
        If there are no cases, or `typical` was made of another number of cases.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> from attime.explain import typical_cases
    >>> wave = np.sin(np.linspace(0, 6.28, 50)) * np.array([1, 2, -1, 3])[:, None, None]
    >>> explanation = Explanation(
    ...     SeriesSet(wave), relevance=wave, target=np.array(["a"] * 4),
    ...     probabilities=np.ones((4, 1)), classes=np.array(["a"]), method="evidence",
    ... )
    >>> figure = plot_typical(explanation, typical_cases(explanation, n=1))
    >>> [ax.get_title() for ax in figure.axes[:2]]
    ['typical: case 0 (1.00)', 'strange: case 2 (−1.00)']
    """
    if len(typical.score) != len(explanation):
        raise DataError(
            f"typical cases of {len(typical.score)} cases arrived with an explanation of {len(explanation)}; pass the "
            "explanation that they were found in"
        )
    if not any(map(len, typical.typical)):
        raise DataError("there are no typical cases, so there is nothing to draw; explain at least one case")
    n_typical, n_strange = (max(map(len, kind)) for kind in (typical.typical, typical.strangest))
    n_columns = n_typical + (n_strange > 0) + n_strange
    divided = explanation.relevance.shape[1] > 1
    height = min(max(1.25, 0.62 * height_of(explanation.series.n_channels + 1, strips=divided)), TALLEST_PANEL)
    n_cases = np.bincount(typical.numbers, minlength=len(typical.classes))
    numbers = classes_that_fit(n_cases, row=height, around=0.9)
    figure = new_picture(width=0.8 + 2.3 * (n_typical + n_strange), height=0.9 + height * len(numbers))
    say_what_is_missing(figure, len(numbers), int(np.count_nonzero(n_cases)))
    widths = [1.0] * n_typical + [GAP] * (n_strange > 0) + [1.0] * n_strange
    grid = figure.add_gridspec(len(numbers), n_columns, width_ratios=widths)
    shown = explanation.relevance[np.concatenate(typical.typical)]
    limit = float(np.abs(shown[np.isfinite(shown)]).max(initial=0.0)) or None
    everything = np.concatenate([*typical.typical, *typical.strangest])
    scale = colour_scale([explanation.relevance[everything]], limit=limit)
    axes = []
    for row, number in enumerate(numbers):
        cases = [("typical", case, column) for column, case in enumerate(typical.typical[number].tolist())]
        first = n_typical + 1
        cases += [("strange", case, first + place) for place, case in enumerate(typical.strangest[number].tolist())]
        for kind, case, column in cases:
            ax = figure.add_subplot(grid[row, column])
            axes.append(ax)
            relevance = explanation.relevance[case]
            image = draw_over_strips(
                ax,
                explanation.series.values[case],
                relevance if divided else relevance[0],
                truth=None if explanation.series.truth is None else explanation.series.truth[case],
                channels=explanation.series.channels,
                scale=scale,
            )
            ax.set_title(f"{kind}: case {case}{_score(typical.score[case])}", fontsize="small", pad=3)
            ax.set_xlim(-0.5, explanation.series.n_steps - 0.5)
            _quiet(ax, first=column == 0, last=row == len(numbers) - 1)
            if column == 0:
                name = textwrap.fill(short(typical.classes[number]), NAME_WIDTH)
                ax.set_ylabel(name, fontweight="bold", fontsize="small")
    add_colour_bar(axes, image, label, below=True)
    return figure


def _score(score: float) -> str:
    return "" if np.isnan(score) else f" ({score:.2f})".replace("-", "−")


def _quiet(ax: Axes, *, first: bool, last: bool) -> None:
    """Leave out what the neighbours in the row and the column already say."""
    ax.tick_params(labelsize="small", labelbottom=last)
    ax.set_ylabel("")
    if not last:
        ax.set_xlabel("")
    if not first and ax.get_yticklabels() and len(ax.lines) > 1:
        ax.tick_params(labelleft=False)
