"""Alignment: events that happened at different times laid over each other, by where their evidence is strongest.

The place is looked for in each case on its own, so nothing is assumed of what an event looks like: smooth what speaks
for the class, take the unbroken stretch around the highest step that stays above half of it, and of that the centre of
mass. A single step as well as a long plateau has such a centre, and it moves with the event, step for step.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from jaxtyping import Float, Int, Shaped

from attime.errors import DataError, OptionError
from attime.explain.explanation import Explanation
from attime.explain.overview.grouping import TARGET, class_numbers, mean_by_class, relevance_where_present

ENOUGH = 0.5  # of the cases of a class: where windows end, a mean of the few others would look like an event
NOTHING = -1  # the centre of a case in which nothing speaks for the class
ALMOST = 1 - 1e-9  # sums of the same numbers differ by rounding; equal ones shall stay equal wherever the event is


@dataclass(frozen=True, eq=False)
class Aligned:
    """Windows around the strongest evidence; made by `align`.

    Attributes
    ----------
    by
        What makes the class of a case: ``"true"``, ``"predicted"`` or ``"target"``.
    cases
        Indices of the cases that could be aligned: those in which something speaks for the class, shape (kept,).
    start
        The time step at which the window of each case begins, shape (kept,); below 0 if it begins before the series.
        Step ``start + width // 2`` is the centre.
    series
        What the windows show, shape (kept, channel, width); NaN beyond the ends of a case.
    relevance
        Likewise, shape (kept, channel, width), with one channel where the method does not divide among channels.
    numbers
        The number of the class of each case, shape (kept,).
    classes
        All classes of the classifier.
    channels
        Names of the channels of the series.
    """

    by: str
    cases: Int[np.ndarray, " kept"]
    start: Int[np.ndarray, " kept"]
    series: Float[np.ndarray, "kept series_channel width"]
    relevance: Float[np.ndarray, "kept channel width"]
    numbers: Int[np.ndarray, " kept"]
    classes: Shaped[np.ndarray, " class"]
    channels: tuple[str, ...]

    @property
    def width(self) -> int:
        """Time steps of a window."""
        return int(self.series.shape[2])

    @property
    def mean_series(self) -> Float[np.ndarray, "class series_channel width"]:
        """Mean of the windows of each class; NaN where fewer than half of its cases have the step."""
        return mean_by_class(self.series, self.numbers, len(self.classes), least_share=ENOUGH)

    @property
    def mean_relevance(self) -> Float[np.ndarray, "class channel width"]:
        """Mean relevance of the windows of each class; NaN where fewer than half of its cases have the step."""
        return mean_by_class(self.relevance, self.numbers, len(self.classes), least_share=ENOUGH)


def align(explanation: Explanation, *, width: int | None = None, by: str = TARGET) -> Aligned:
    """Cut out of each case the window around its strongest evidence, so that events lie over each other.

    The centre is found in what speaks for the class, summed over channels. Cases in which nothing does are left out.
    Mean relevance is high in the middle of such windows whatever the method, even if its relevance is random, because
    there the windows were put. What the evidence means is told by the series: do they have a shape in common?

    Parameters
    ----------
    explanation
        Of all cases that are to be laid over each other.
    width
        Time steps of a window; a quarter of the longest series by default. Evidence is smoothed over a quarter of it.
    by
        What makes the class of a case, for the means: ``"target"``, ``"predicted"`` or ``"true"``.

    Raises
    ------
    OptionError
        If `width` is below 1 or above the length of the longest series, or there is no such `by`.
    DataError
        If in no case anything speaks for the class, if relevance of an observed step is not finite, or if true classes
        are asked for and there are no labels.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> series = SeriesSet.of([[0, 0, 5, 0, 0, 0], [0, 0, 0, 0, 5, 0]], labels=["up", "up"])
    >>> explanation = Explanation(
    ...     series, relevance=series.values, target=series.labels,
    ...     probabilities=np.ones((2, 1)), classes=np.array(["up"]), method="evidence",
    ... )
    >>> aligned = align(explanation, width=5)
    >>> aligned.start.tolist()
    [0, 2]
    >>> aligned.series[:, 0]
    array([[ 0.,  0.,  5.,  0.,  0.],
           [ 0.,  0.,  5.,  0., nan]])
    """
    relevance, series = relevance_where_present(explanation), explanation.series
    width = checked_width(width, series.n_steps)
    numbers = class_numbers(explanation, by)
    centre = centres(relevance, width)
    cases = np.flatnonzero(centre != NOTHING)
    if len(cases) == 0:
        raise DataError(
            f"in none of the {len(relevance)} cases has any step relevance above 0, so there is nothing to align by; "
            "explain another class, or use another method"
        )
    start = centre[cases] - width // 2
    return Aligned(
        by=by,
        cases=cases,
        start=start,
        series=windows(series.values[cases], start, width),
        relevance=windows(relevance[cases], start, width),
        numbers=numbers[cases],
        classes=explanation.classes,
        channels=series.channels,
    )


def checked_width(width: int | None, n_steps: int) -> int:
    """Return `width`, or an odd quarter of `n_steps`; raise an OptionError if there cannot be such windows."""
    if width is None:
        return min(n_steps, max(3, n_steps // 4) | 1)
    if not isinstance(width, Integral) or isinstance(width, bool) or not 1 <= width <= n_steps:
        raise OptionError(
            f"width {width} arrived for series of {n_steps} steps; give a whole number from 1 to {n_steps}, or None "
            "for a quarter of them"
        )
    return width


def centres(relevance: Float[np.ndarray, "case channel time"], width: int) -> Int[np.ndarray, " case"]:
    """Return the step around which the evidence of each case is strongest, or `NOTHING`."""
    strength = np.maximum(np.nansum(relevance, axis=1), 0.0)
    smoothing = max(1, width // 4) | 1  # odd, so that it has a middle
    return np.array([_centre(case, smoothing) if case.any() else NOTHING for case in strength], dtype=np.int64)


def windows(
    values: Float[np.ndarray, "case channel time"], start: Int[np.ndarray, " case"], width: int
) -> Float[np.ndarray, "case channel width"]:
    """Return `width` steps of each case from its `start` on, with NaN beyond the ends.

    Examples
    --------
    >>> windows(np.array([[[1.0, 2.0, 3.0]]]), np.array([-1]), 3)
    array([[[nan,  1.,  2.]]])
    """
    step = start[:, np.newaxis, np.newaxis] + np.arange(width)
    n_steps = values.shape[2]
    cut = np.take_along_axis(values, step.clip(0, n_steps - 1), axis=2)
    return np.where((step >= 0) & (step < n_steps), cut, np.nan)


def _centre(strength: Float[np.ndarray, " time"], smoothing: int) -> int:
    # Wider than the series, so that the ends of the series are no different from its middle.
    around = np.pad(strength / strength.max(), smoothing)
    smooth = np.convolve(around, np.ones(smoothing), mode="same")
    highest = int(np.argmax(smooth >= smooth.max() * ALMOST))
    weak = np.flatnonzero(smooth < smooth[highest] / 2 * ALMOST)
    place = np.searchsorted(weak, highest)
    # Padding is as wide as what is smoothed over, so that there are weak steps on either side.
    stretch = np.arange(weak[place - 1] + 1, weak[place])
    mass = around[stretch]
    return int(np.floor(np.round(stretch @ mass / mass.sum(), 6) + 0.5)) - smoothing
