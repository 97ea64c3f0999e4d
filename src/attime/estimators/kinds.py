"""Every kind of estimator by its name, and how a model file is opened whose kind is not known beforehand."""

from __future__ import annotations

import os

from attime.errors import ModelFileError
from attime.estimators.base import AttentionEstimator
from attime.estimators.classifier import AttentionClassifier
from attime.estimators.regressor import AttentionRegressor
from attime.persistence import read_model

ESTIMATORS: dict[str, type[AttentionClassifier] | type[AttentionRegressor]] = {
    "AttentionClassifier": AttentionClassifier,
    "AttentionRegressor": AttentionRegressor,
}


def load(path: str | os.PathLike[str]) -> AttentionEstimator:
    """Read a fitted estimator of whatever kind from a file that its ``save`` has written.

    Raises
    ------
    ModelFileError
        If the file is no model, or is damaged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(40, 20))
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.attime"
    >>> AttentionRegressor(training={"max_epochs": 1}, random_state=0).fit(X, X.max(axis=1)).save(path)
    >>> type(load(path)).__name__
    'AttentionRegressor'
    """
    kind = read_model(path).specification.get("estimator")
    if not isinstance(kind, str) or kind not in ESTIMATORS:
        raise ModelFileError(f"{path}: holds the model {kind}, expected one of {', '.join(ESTIMATORS)}")
    return ESTIMATORS[kind].load(path)
