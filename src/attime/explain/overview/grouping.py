"""Cases by class, and what the cases of a class have on average: steps that a case does not have are left out.

NaN stands for what is not there, throughout: beyond the end of a short series zero would pull the mean down.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from attime.data.labels import positions
from attime.errors import DataError, OptionError
from attime.explain.arguments import several
from attime.explain.explanation import Explanation
from attime.names import pick

TARGET = "target"


def class_numbers(explanation: Explanation, by: str) -> Int[np.ndarray, " case"]:
    """Return the number of the class that each case belongs to.

    Parameters
    ----------
    explanation
        Of any cases.
    by
        ``"target"``, the class that was explained; ``"predicted"``; or ``"true"``, the label.

    Raises
    ------
    OptionError
        If `by` is none of these.
    DataError
        If the true class is asked for and the series have no labels, or labels that the classifier does not know.
    """
    return pick(GROUPINGS, by, what="grouping")(explanation)


def relevance_where_present(explanation: Explanation) -> Float[np.ndarray, "case channel time"]:
    """Return relevance with NaN where nothing was observed."""
    return np.where(explanation.seen, explanation.relevance.astype(np.float64), np.nan)


def mean_by_class(
    values: Float[np.ndarray, case * shape],
    numbers: Int[np.ndarray, " case"],
    n_classes: int,
    *,
    least_share: float = 0.0,
) -> Float[np.ndarray, "class *shape"]:
    """Return the mean of each class over the cases that have a value; NaN where none has, or less than a share.

    Examples
    --------
    >>> mean_by_class(np.array([[1.0, 2.0], [3.0, np.nan]]), np.array([0, 0]), 1)
    array([[2., 2.]])
    """
    means = np.full((n_classes, *values.shape[1:]), np.nan)
    for number in np.unique(numbers):
        chosen = values[numbers == number]
        seen = ~np.isnan(chosen)
        count = seen.sum(axis=0)
        total = np.where(seen, chosen, 0.0).sum(axis=0, dtype=np.float64)
        enough = count >= max(1, least_share * len(chosen))
        np.divide(total, count, out=means[number, ...], where=enough)
    return means


def quantile_by_class(
    values: Float[np.ndarray, case * shape], numbers: Int[np.ndarray, " case"], n_classes: int, share: float
) -> Float[np.ndarray, "class *shape"]:
    """Return the value that a `share` of the cases of each class stay below; NaN where no case has a value.

    It is that of `numpy.nanquantile`, which takes its columns one at a time and so is slow over many steps.

    Examples
    --------
    >>> quantile_by_class(np.array([[1.0], [np.nan], [5.0], [2.0]]), np.zeros(4, dtype=int), 1, 0.5)
    array([[2.]])
    """
    quantiles = np.full((n_classes, *values.shape[1:]), np.nan)
    for number in np.unique(numbers):
        in_order = np.sort(values[numbers == number].astype(np.float64), axis=0)  # NaN comes last
        place = share * np.maximum((~np.isnan(in_order)).sum(axis=0, keepdims=True) - 1, 0)
        below, above = np.floor(place).astype(int), np.ceil(place).astype(int)
        low, high = np.take_along_axis(in_order, below, axis=0), np.take_along_axis(in_order, above, axis=0)
        quantiles[number] = (low + (place - below) * (high - low))[0]
    return quantiles


def check_interval(interval: tuple[float, float]) -> None:
    """Raise an OptionError unless `interval` holds two shares from 0 to 1 in rising order."""
    shares = several("interval", interval)
    if len(shares) != 2 or not 0 <= shares[0] < shares[1] <= 1:
        raise OptionError(
            f"interval {interval} arrived, expected two shares of the cases, from 0 to 1, in rising order; "
            "give (0.1, 0.9)"
        )


def _true(explanation: Explanation) -> Int[np.ndarray, " case"]:
    labels = explanation.series.labels
    if labels is None:
        raise DataError(
            "the true classes are asked for, and the series have no labels; explain series with labels, or group by "
            "'predicted' or 'target'"
        )
    return positions(labels.tolist(), explanation.classes.tolist())


def _predicted(explanation: Explanation) -> Int[np.ndarray, " case"]:
    return explanation.probabilities.argmax(axis=1)


def _target(explanation: Explanation) -> Int[np.ndarray, " case"]:
    return explanation.target_index


GROUPINGS: dict[str, Callable[[Explanation], Int[np.ndarray, " case"]]] = {
    "true": _true,
    "predicted": _predicted,
    TARGET: _target,
}
