"""The importance of channels: what share of the relevance lies on each, for each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from attime.errors import OptionError
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
class ChannelImportance:
    """Shares of the absolute relevance; made by `channel_importance`.

    Attributes
    ----------
    by
        What makes the class of a case: ``"true"``, ``"predicted"`` or ``"target"``.
    classes
        All classes of the classifier.
    channels
        Names of the channels.
    share
        Of the absolute relevance of each case, shape (case, channel): adds up to 1 over channels; NaN for a case
        without any relevance.
    mean, low, high
        Of the shares over the cases of each class, shape (class, channel): the mean, and the two quantiles that
        `interval` names. NaN for a class without cases.
    interval
        The shares of the cases below `low` and below `high`.
    n_cases
        Cases of each class that have relevance.
    """

    by: str
    classes: Shaped[np.ndarray, " class"]
    channels: tuple[str, ...]
    share: Float[np.ndarray, "case channel"]
    mean: Float[np.ndarray, "class channel"]
    low: Float[np.ndarray, "class channel"]
    high: Float[np.ndarray, "class channel"]
    interval: tuple[float, float]
    n_cases: Int[np.ndarray, " class"]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each class that has cases and each channel: mean, low, high, n_cases."""
        number, channel = np.nonzero(np.isfinite(self.mean))
        columns = {"class": self.classes[number], "channel": np.array(self.channels, dtype=object)[channel]}
        columns |= {part: getattr(self, part)[number, channel] for part in ("mean", "low", "high")}
        return pd.DataFrame(columns | {"n_cases": self.n_cases[number]})


def channel_importance(
    explanation: Explanation, *, by: str = TARGET, interval: tuple[float, float] = (0.1, 0.9)
) -> ChannelImportance:
    """Say what share of the relevance lies on each channel.

    What speaks against the class counts like what speaks for it. Every case counts alike, however large its relevance.
    If a channel that matters is not the same in all cases, the mean hides it: then the interval is wide.

    Parameters
    ----------
    explanation
        By a method that divides relevance among channels.
    by
        What makes the class of a case: ``"target"``, ``"predicted"`` or ``"true"``.
    interval
        The shares of the cases that lie below the interval around the mean, and below its upper end.

    Raises
    ------
    OptionError
        If the method does not divide among channels, there is no such `by`, or `interval` is not two rising shares.
    DataError
        If true classes are asked for and there are no labels, or relevance of an observed step is not finite.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> series = SeriesSet.of(np.zeros((1, 2, 3)), channels=["x", "y"])
    >>> explanation = Explanation(
    ...     series, relevance=np.array([[[0.0, -2.0, 1.0], [1.0, 0.0, 0.0]]]), target=np.array(["up"]),
    ...     probabilities=np.ones((1, 1)), classes=np.array(["up"]), method="evidence",
    ... )
    >>> channel_importance(explanation).mean
    array([[0.75, 0.25]])
    """
    check_interval(interval)
    series = explanation.series
    if explanation.relevance.shape[1] < series.n_channels:
        raise OptionError(
            f"method {explanation.method!r} does not divide relevance among the {series.n_channels} channels; explain "
            "with 'occlusion' with per_channel=True, 'gradient_times_input' or 'integrated_gradients'"
        )
    numbers, n_classes = class_numbers(explanation, by), len(explanation.classes)
    size = np.abs(relevance_where_present(explanation))
    # Divided by the largest, because the sum of very large or very small numbers would leave the range of floats.
    largest = np.nanmax(size, axis=(1, 2), keepdims=True, initial=0.0)
    total = np.nansum(np.divide(size, largest, out=np.zeros_like(size), where=largest > 0), axis=2)
    of_all = total.sum(axis=1, keepdims=True)
    share = np.divide(total, of_all, out=np.full_like(total, np.nan), where=of_all > 0)
    return ChannelImportance(
        by=by,
        classes=explanation.classes,
        channels=series.channels,
        share=share,
        mean=mean_by_class(share, numbers, n_classes),
        low=quantile_by_class(share, numbers, n_classes, interval[0]),
        high=quantile_by_class(share, numbers, n_classes, interval[1]),
        interval=interval,
        n_cases=np.bincount(numbers[np.isfinite(share[:, 0])], minlength=n_classes),
    )
