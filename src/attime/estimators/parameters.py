"""Parameters in scikit-learn's forms, made into what training needs, or answered with attime's own error."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor

from attime.errors import OptionError
from attime.names import pick
from attime.training import TrainingOptions
from attime.training.processes import from_first

HELD_OUT_SHARE, HELD_OUT_AT_LEAST = 0.1, 30  # fewer held-out cases say too little to choose an epoch by


def seed_of(random_state: int | np.random.RandomState | None) -> int:
    """Return a seed: the same for the same number, a new one for None or a generator.

    Raises
    ------
    OptionError
        If it is no whole number of at least 0, no generator and not None.

    Examples
    --------
    >>> seed_of(3) == seed_of(3)
    True
    """
    try:
        return from_first(int(check_random_state(random_state).randint(2**31)))
    except ValueError as error:
        raise OptionError(
            f"random_state={random_state!r} arrived, expected a whole number of at least 0, or None"
        ) from error


def weights_of(
    classes: Shaped[np.ndarray, " class"],
    targets: Int[np.ndarray, " case"],
    class_weight: str | Mapping[object, float] | None,
) -> Float[Tensor, " class"] | None:
    """Return the weight of each class, or None if all cases count the same.

    Parameters
    ----------
    classes
        The labels.
    targets
        The number of its class for each training case.
    class_weight
        ``"balanced"``, a weight for each label, or None.

    Raises
    ------
    OptionError
        If `class_weight` is another word, names labels that there are not, or has a weight that is not above 0.

    Examples
    --------
    >>> weights_of(np.array(["a", "b"]), np.array([0, 0, 0, 1]), "balanced").round(decimals=2).tolist()
    [0.67, 2.0]
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, str):
        pick({"balanced": None}, class_weight, what="class_weight")
    try:
        weights = compute_class_weight(class_weight, classes=classes, y=classes[targets])
    except ValueError as error:
        raise OptionError(f"class_weight={class_weight!r} cannot be used: {error}") from error
    if not (np.isfinite(weights).all() and (weights > 0).all()):
        raise OptionError(
            f"class_weight={class_weight!r} arrived, expected numbers above 0; leave out cases not wanted"
        )
    return torch.as_tensor(weights, dtype=torch.float32)


def checked_count(value: object, name: str) -> int:
    """Return a whole number of at least 1.

    Raises
    ------
    OptionError
        If it is anything else.

    Examples
    --------
    >>> checked_count(0, "n_networks")
    Traceback (most recent call last):
    attime.errors.OptionError: n_networks=0 arrived, expected a whole number of at least 1
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1:
        return int(value)
    raise OptionError(f"{name}={value!r} arrived, expected a whole number of at least 1")


def share_to_hold_out(options: TrainingOptions, n_cases: int) -> float:
    """Return the share of the training cases by which the best epoch is chosen.

    Examples
    --------
    >>> share_to_hold_out(TrainingOptions(), 100), share_to_hold_out(TrainingOptions(), 1000)
    (0.0, 0.1)
    """
    if options.validation_share is not None:
        return options.validation_share
    return HELD_OUT_SHARE if n_cases * HELD_OUT_SHARE >= HELD_OUT_AT_LEAST else 0.0
