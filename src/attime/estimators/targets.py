"""What is to be learnt of each case, out of its labels: the number of its class, or the number that the label is."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float64, Int, Shaped
from sklearn.utils.multiclass import check_classification_targets

from attime.data import SeriesSet
from attime.data.arrays import LARGEST
from attime.errors import DataError, DataWarning

NO_LABELS = "fit requires y to be passed, but the target y is None; give a {} for each case"


def classes_of(series: SeriesSet) -> tuple[Shaped[np.ndarray, " class"], Int[np.ndarray, " case"]]:
    """Return the sorted class labels, and the number of its class for each case.

    Raises
    ------
    DataError
        If there are no labels, or fewer than two classes, or series of a single time step.
    """
    where = series.from_where
    if series.labels is None:
        raise DataError(where + NO_LABELS.format("label"))
    check_classes(series.labels, where)
    classes, targets, counts = np.unique(series.labels, return_inverse=True, return_counts=True)
    if len(classes) < 2:
        raise DataError(
            f"{where}there is only one class, {classes.tolist()[0]!r}, among {len(series)} cases; two are needed"
        )
    _look_for_single_steps(series)
    if counts.min() == 1:
        alone = ", ".join(map(repr, classes[counts == 1][:5].tolist()))
        warnings.warn(
            f"{where}one case only of class {alone}: it can be learnt but not checked; add cases if you can",
            DataWarning,
            stacklevel=4,
        )
    return classes, targets


def check_classes(labels: Shaped[np.ndarray, " case"], where: str = "") -> None:
    """Refuse labels that are no classes; `where` they come from stands in front of the message.

    Raises
    ------
    DataError
        If they are numbers with fractions, or cannot be sorted.

    Examples
    --------
    >>> check_classes(np.array(["up", "down"]))
    """
    try:
        check_classification_targets(labels)
        np.unique(labels)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{where}the labels are no classes: {error}; give words, whole numbers or truth values, or learn numbers "
            "with AttentionRegressor (attime fit --task regression)"
        ) from error


def numbers_of(series: SeriesSet) -> Float64[np.ndarray, " case"]:
    """Return the number of each case.

    Raises
    ------
    DataError
        If there are no labels, or they are no finite numbers, or too large for 32 bits, in which evidence is counted.

    Examples
    --------
    >>> numbers_of(SeriesSet.of([[0.0, 1.0], [1.0, 0.0]], [3, 4]))
    array([3., 4.])
    >>> numbers_of(SeriesSet.of([[0.0, 1.0], [1.0, 0.0]], ["up", "down"]))
    Traceback (most recent call last):
    attime.errors.DataError: the targets are no numbers, the first is 'up'; give a number for each case, or learn \
classes with AttentionClassifier
    """
    where = series.from_where
    if series.labels is None:
        raise DataError(where + NO_LABELS.format("number"))
    try:
        if series.labels.dtype.kind not in "biufO":
            raise TypeError
        numbers = series.labels.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{where}the targets are no numbers, the first is {series.labels.tolist()[0]!r}; give a number for each "
            "case, or learn classes with AttentionClassifier"
        ) from error
    wrong = np.flatnonzero(~(np.abs(numbers) <= LARGEST))
    if len(wrong):
        raise DataError(
            f"{where}the target of case {wrong[0]} (counting from 0) is {numbers[wrong[0]]:g}, expected a finite "
            f"number of at most {LARGEST:.3g} in size; correct it or remove the case"
        )
    return numbers


def numbers_to_learn(series: SeriesSet) -> Float64[np.ndarray, " case"]:
    """Return the number of each training case, and warn if there is nothing to be learnt of them.

    Raises
    ------
    DataError
        If they cannot be used, or there is one case only, or series of a single time step.
    """
    numbers = numbers_of(series)
    if len(numbers) < 2:
        raise DataError(f"{series.from_where}1 case arrived (n_samples = 1); two are needed to learn how they differ")
    _look_for_single_steps(series)
    if (numbers == numbers[0]).all():
        warnings.warn(
            f"{series.from_where}the target of all {len(series)} cases is {numbers[0]:g}, and so will be every "
            "prediction; check where it comes from",
            DataWarning,
            stacklevel=4,
        )
    return numbers


def _look_for_single_steps(series: SeriesSet) -> None:
    if series.n_steps < 2:
        raise DataError(
            f"{series.from_where}the series have 1 time step (n_features = 1); two are needed, the columns being "
            "time steps"
        )
