"""Whether labels and probabilities belong together: asked before anything is measured."""

from __future__ import annotations

import numpy as np

from attime.errors import DataError


def check_predictions(labels: np.ndarray, probabilities: np.ndarray, classes: np.ndarray) -> None:
    """Raise a DataError unless there is a row of probabilities for each label, and a column for each class.

    Examples
    --------
    >>> check_predictions(np.array(["no"]), np.array([[3.0, -4.0]]), np.array(["no", "yes"]))
    Traceback (most recent call last):
    attime.errors.DataError: 1 rows are not probabilities that add up to 1 (first: case 0, sum -1); pass \
probabilities, not logits
    """
    if labels.ndim != 1 or len(labels) == 0:
        raise DataError(f"labels have shape {labels.shape}, expected one label for each of at least one case")
    if classes.ndim != 1 or len(set(classes.tolist())) != len(classes) or len(classes) < 2:
        raise DataError(f"classes are {classes.tolist()}, expected at least two different ones")
    if probabilities.shape != (len(labels), len(classes)):
        raise DataError(
            f"probabilities have shape {probabilities.shape}, expected (case, class) = "
            f"({len(labels)}, {len(classes)}); pass the output of predict_proba for these cases"
        )
    # Not a NaN either: every comparison with it is false.
    within = ((probabilities >= 0) & (probabilities <= 1)).all(axis=1) & (abs(probabilities.sum(axis=1) - 1) < 1e-3)
    if not within.all():
        case = int(np.flatnonzero(~within)[0])
        raise DataError(
            f"{np.sum(~within)} rows are not probabilities that add up to 1 (first: case {case}, sum "
            f"{probabilities[case].sum():.4g}); pass probabilities, not logits"
        )
