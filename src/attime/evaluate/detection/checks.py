"""Whether labels belong to scores or predictions: asked before anything is measured."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float64, Shaped

from attime.errors import DataError, OptionError


def checked_labels(labels: Shaped[np.ndarray, "*any"]) -> Bool[np.ndarray, " time"]:
    """Return which steps are anomalous, or raise a DataError unless some are and some are not.

    Examples
    --------
    >>> checked_labels(np.array([0, 1, 0]))
    array([False,  True, False])
    >>> checked_labels(np.array([0, 0, 0]))
    Traceback (most recent call last):
    attime.errors.DataError: 0 of 3 steps are labelled anomalous, expected some of both kinds; measure detection only \
where anomalous and normal steps are known
    """
    anomalous = _binary(labels, "labels")
    n_anomalous = int(anomalous.sum())
    if n_anomalous in (0, len(anomalous)):
        raise DataError(
            f"{n_anomalous} of {len(anomalous)} steps are labelled anomalous, expected some of both kinds; measure "
            "detection only where anomalous and normal steps are known"
        )
    return anomalous


def checked_scores(scores: Shaped[np.ndarray, "*any"], n_steps: int) -> Float64[np.ndarray, " time"]:
    """Return the scores as numbers, or raise a DataError unless there is a finite one for each step."""
    scores = _of_each_step(scores, n_steps, "scores")
    try:
        numbers = scores.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(f"scores of type {scores.dtype} arrived, expected numbers, high at anomalous steps") from None
    if not np.isfinite(numbers).all():
        step = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise DataError(
            f"{np.sum(~np.isfinite(numbers))} scores are not finite (first: step {step}, {numbers[step]}), expected a "
            "number for each step; leave such steps out of labels and scores, or decide what score they have"
        )
    return numbers


def checked_predictions(predictions: Shaped[np.ndarray, "*any"], n_steps: int) -> Bool[np.ndarray, " time"]:
    """Return which steps are predicted to be anomalous, or raise a DataError unless all are 0 or 1."""
    return _binary(_of_each_step(predictions, n_steps, "predictions"), "predictions")


def check_length(length: object, name: str, at_least: int = 0) -> None:
    """Raise an OptionError unless a length is a whole number of steps."""
    if isinstance(length, bool) or not isinstance(length, int | np.integer) or length < at_least:
        raise OptionError(f"{name}={length!r} arrived, expected a whole number of steps; give {at_least} or more")


def _of_each_step(numbers: Shaped[np.ndarray, "*any"], n_steps: int, name: str) -> Shaped[np.ndarray, " time"]:
    numbers = np.asarray(numbers)
    if numbers.shape != (n_steps,):
        raise DataError(
            f"{name} of shape {numbers.shape} arrived, expected ({n_steps},), one for each label; measure one series "
            "at a time"
        )
    return numbers


def _binary(numbers: Shaped[np.ndarray, "*any"], name: str) -> Bool[np.ndarray, " time"]:
    numbers = np.asarray(numbers)
    if numbers.ndim != 1 or len(numbers) == 0:
        raise DataError(f"{name} have shape {numbers.shape}, expected one for each step of one series")
    if not np.isin(numbers, (0, 1)).all():
        step = int(np.flatnonzero(~np.isin(numbers, (0, 1)))[0])
        raise DataError(f"{name} are {numbers[step]} at step {step}, expected 1 (anomalous) or 0 (normal)")
    return numbers.astype(bool)
