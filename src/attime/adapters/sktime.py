"""Attention for users of sktime: attime's classifier where that library expects one of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attime.adapters.nested import QUICK, ready
from attime.errors import MissingExtraError
from attime.estimators import AttentionClassifier

try:
    from sktime.classification.base import BaseClassifier
except ImportError as error:
    raise MissingExtraError(
        "this adapter needs the package sktime, which is not installed: pip install 'attime[sktime]'"
    ) from error

__all__ = ["SktimeAttentionClassifier"]


class SktimeAttentionClassifier(BaseClassifier):
    """A classifier of sktime that is an `AttentionClassifier` inside.

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
    >>> from sktime.datasets import load_unit_test
    >>> from attime import AttentionClassifier
    >>> from attime.adapters.sktime import SktimeAttentionClassifier
    >>> X, y = load_unit_test(split="train", return_type="numpy3D")
    >>> classifier = SktimeAttentionClassifier(AttentionClassifier("bilstm"), random_state=0).fit(X, y)
    >>> classifier.estimator_.evidence(X).shape
    (20, 2, 1, 24)
    """

    _tags: ClassVar = {
        "authors": "The attime developers",
        "maintainers": "The attime developers",
        "X_inner_mtype": "df-list",  # the one of sktime's forms that holds series of unequal length and many channels
        "capability:multivariate": True,
        "capability:unequal_length": True,
        "capability:missing_values": True,
        "capability:predict_proba": True,
        "capability:random_state": True,
        "property:randomness": "derandomized",
    }

    def __init__(
        self,
        estimator: AttentionClassifier | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state
        super().__init__()

    def _fit(self, X: list[pd.DataFrame], y: NDArray[Any]) -> SktimeAttentionClassifier:
        self.estimator_ = ready(self.estimator or AttentionClassifier(), self.random_state).fit(_arrays(X), y)
        return self

    def _predict(self, X: list[pd.DataFrame]) -> NDArray[Any]:
        return self.estimator_.predict(_arrays(X))

    def _predict_proba(self, X: list[pd.DataFrame]) -> NDArray[Any]:
        return self.estimator_.predict_proba(_arrays(X))

    @classmethod
    def get_test_params(cls, parameter_set: str = "default") -> list[dict[str, Any]]:
        """Return parameters with which sktime's checks are quick."""
        return [
            {"estimator": AttentionClassifier("default", training=QUICK)},
            {"estimator": AttentionClassifier("bilstm", training={"max_epochs": 2}), "random_state": 0},
        ]


def _arrays(frames: list[pd.DataFrame]) -> list[NDArray[Any]]:
    """Return series as arrays (channel, time); sktime has time in the rows."""
    return [frame.to_numpy().T for frame in frames]
