"""The profile of a class: at which times its cases have relevance on average, and how far they differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from attime.explain.explanation import Explanation
from attime.explain.overview.grouping import (
    TARGET,
    check_interval,
    class_numbers,
    mean_by_class,
    quantile_by_class,
    relevance_where_present,
)


@dataclass(frozen=True, eq=False)
class ClassProfile:
    """Mean relevance by class and time; made by `relevance_by_class`.

    Attributes
    ----------
    by
        What makes the class of a case: ``"true"``, ``"predicted"`` or ``"target"``.
    classes
        All classes of the classifier; those without cases have NaN everywhere.
    channels
        Names of the channels of the series.
    mean, low, high
        Of relevance over the cases that have the step, shape (class, channel, time): the mean, and the two quantiles
        that `interval` names. NaN where no case has the step. One channel where the method does not divide among
        channels.
    interval
        The shares of the cases below `low` and below `high`.
    n_cases
        Cases of each class.
    n_present
        How many of them each mean rests on, of the shape of `mean`.
    series
        Mean of the series, shape (class, channel, time).
    """

    by: str
    classes: Shaped[np.ndarray, " class"]
    channels: tuple[str, ...]
    mean: Float[np.ndarray, "class channel time"]
    low: Float[np.ndarray, "class channel time"]
    high: Float[np.ndarray, "class channel time"]
    interval: tuple[float, float]
    n_cases: Int[np.ndarray, " class"]
    n_present: Int[np.ndarray, "class channel time"]
    series: Float[np.ndarray, "class series_channel time"]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each class, channel and step that any case has: mean, low, high, n_present."""
        number, channel, time = np.nonzero(self.n_present)
        names = np.array(self.channels if self.mean.shape[1] == len(self.channels) else ["all"], dtype=object)
        columns = {"class": self.classes[number], "channel": names[channel], "time": time}
        parts = ("mean", "low", "high", "n_present")
        return pd.DataFrame(columns | {part: getattr(self, part)[number, channel, time] for part in parts})


def relevance_by_class(
    explanation: Explanation, *, by: str = TARGET, interval: tuple[float, float] = (0.1, 0.9)
) -> ClassProfile:
    """Average relevance over the cases of each class, step by step.

    A step that a case does not have, because its series ended or nothing was measured, is left out of the mean; where
    series differ in length, late steps rest on few cases (`ClassProfile.n_present`). What happens at another time in
    every case is averaged away: see `align`.

    Parameters
    ----------
    explanation
        Of all cases that are to be seen together.
    by
        What makes the class of a case: ``"target"``, the class that its relevance speaks for; ``"predicted"``; or
        ``"true"``, which needs labels.
    interval
        The shares of the cases that lie below the band around the mean, and below its upper edge.

    Raises
    ------
    OptionError
        If there is no such `by`, or `interval` is not two rising shares.
    DataError
        If true classes are asked for and there are no labels, or relevance of an observed step is not finite.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> series = SeriesSet.of([[5.0, 6.0, 7.0], [5.0, 6.0]], labels=["up", "up"])
    >>> explanation = Explanation(
    ...     series, relevance=np.array([[[0.0, 2.0, 1.0]], [[0.0, 4.0, 0.0]]]), target=series.labels,
    ...     probabilities=np.ones((2, 1)), classes=np.array(["up"]), method="evidence",
    ... )
    >>> profile = relevance_by_class(explanation)
    >>> profile.mean[0, 0], profile.n_present[0, 0]
    (array([0., 3., 1.]), array([2, 2, 1]))
    """
    check_interval(interval)
    numbers, n_classes = class_numbers(explanation, by), len(explanation.classes)
    relevance = relevance_where_present(explanation)
    present = ~np.isnan(relevance)
    return ClassProfile(
        by=by,
        classes=explanation.classes,
        channels=explanation.series.channels,
        mean=mean_by_class(relevance, numbers, n_classes),
        low=quantile_by_class(relevance, numbers, n_classes, interval[0]),
        high=quantile_by_class(relevance, numbers, n_classes, interval[1]),
        interval=interval,
        n_cases=np.bincount(numbers, minlength=n_classes),
        n_present=np.stack([present[numbers == number].sum(axis=0) for number in range(n_classes)]),
        series=mean_by_class(explanation.series.values, numbers, n_classes),
    )
