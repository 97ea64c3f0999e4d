"""What all adapters share: an estimator of attime inside one of another library."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from sklearn.base import BaseEstimator, clone

E = TypeVar("E", bound=BaseEstimator)
QUICK = {"max_epochs": 3, "local": 0, "complete": 0}  # training for the checks of other libraries, which fit many times


def ready(estimator: E, random_state: int | np.random.RandomState | None) -> E:
    """Return a copy that has not been fitted, with this seed if there is one.

    Examples
    --------
    >>> from attime import AttentionClassifier
    >>> ready(AttentionClassifier("bilstm"), 3)
    AttentionClassifier(network='bilstm', random_state=3)
    """
    copy: E = clone(estimator)
    return copy if random_state is None else copy.set_params(random_state=random_state)
