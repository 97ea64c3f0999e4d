"""Attention for users of aeon: attime's estimators where that library expects one of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from attime.adapters.nested import QUICK, ready
from attime.errors import MissingExtraError
from attime.estimators import AttentionClassifier, AttentionRegressor

try:
    from aeon.classification.base import BaseClassifier
    from aeon.regression.base import BaseRegressor
except ImportError as error:
    raise MissingExtraError(
        "this adapter needs the package aeon, which is not installed: pip install 'attime[aeon]'"
    ) from error

__all__ = ["AeonAttentionClassifier", "AeonAttentionRegressor"]

Collection = NDArray[Any] | list[NDArray[Any]]
TAGS: dict[str, Any] = {
    "X_inner_type": ["np-list", "numpy3D"],
    "capability:multivariate": True,
    "capability:unequal_length": True,
    "capability:missing_values": True,
    "algorithm_type": "deeplearning",
}


class AeonAttentionClassifier(BaseClassifier):
    """A classifier of aeon that is an `AttentionClassifier` inside.

    Parameters
    ----------
    estimator
        Any `AttentionClassifier`, with the parameters it is to have; one without arguments if not given. ``set_params``
        reaches what is in it, for example ``estimator__scaling``.
    random_state
        Seed of everything random in `fit`; that of `estimator` if not given.

    Attributes
    ----------
    estimator_
        The fitted `AttentionClassifier`: its methods ``attention``, ``evidence`` and ``save`` are there.

    Examples
    --------
    >>> from aeon.datasets import load_unit_test
    >>> from attime import AttentionClassifier
    >>> from attime.adapters.aeon import AeonAttentionClassifier
    >>> X, y = load_unit_test(split="train")
    >>> classifier = AeonAttentionClassifier(AttentionClassifier("bilstm"), random_state=0).fit(X, y)
    >>> classifier.estimator_.evidence(X).shape
    (20, 2, 1, 24)
    """

    _tags: ClassVar = TAGS

    def __init__(
        self,
        estimator: AttentionClassifier | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state
        super().__init__()

    def _fit(self, X: Collection, y: NDArray[Any]) -> AeonAttentionClassifier:
        self.estimator_ = ready(self.estimator or AttentionClassifier(), self.random_state).fit(X, y)
        return self

    def _predict(self, X: Collection) -> NDArray[Any]:
        return self.estimator_.predict(X)

    def _predict_proba(self, X: Collection) -> NDArray[Any]:
        return self.estimator_.predict_proba(X)

    @classmethod
    def _get_test_params(cls, parameter_set: str = "default") -> dict[str, Any]:
        return {"estimator": AttentionClassifier("default", training=QUICK)}


class AeonAttentionRegressor(BaseRegressor):
    """A regressor of aeon that is an `AttentionRegressor` inside.

    Parameters
    ----------
    estimator
        Any `AttentionRegressor`, with the parameters it is to have; one without arguments if not given.
    random_state
        Seed of everything random in `fit`; that of `estimator` if not given.

    Attributes
    ----------
    estimator_
        The fitted `AttentionRegressor`.

    Examples
    --------
    >>> import numpy as np
    >>> from attime.adapters.aeon import AeonAttentionRegressor
    >>> X = np.random.default_rng(0).normal(size=(30, 1, 20))
    >>> AeonAttentionRegressor(random_state=0).fit(X, X.mean((1, 2))).predict(X).shape
    (30,)
    """

    _tags: ClassVar = TAGS

    def __init__(
        self,
        estimator: AttentionRegressor | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state
        super().__init__()

    def _fit(self, X: Collection, y: NDArray[Any]) -> AeonAttentionRegressor:
        self.estimator_ = ready(self.estimator or AttentionRegressor(), self.random_state).fit(X, y)
        return self

    def _predict(self, X: Collection) -> NDArray[Any]:
        return self.estimator_.predict(X)

    @classmethod
    def _get_test_params(cls, parameter_set: str = "default") -> dict[str, Any]:
        return {"estimator": AttentionRegressor("default", training=QUICK)}
