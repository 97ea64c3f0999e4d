"""Every kind of estimator by its name, and how a model file is opened whose kind is not known beforehand."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from attime.errors import ModelFileError
from attime.persistence import in_line, read_model

if TYPE_CHECKING:
    from attime.estimators.classifier import AttentionClassifier
    from attime.estimators.detection import AttentionDetector
    from attime.estimators.forecasting import AttentionForecaster
    from attime.estimators.regressor import AttentionRegressor

    Estimator = AttentionClassifier | AttentionRegressor | AttentionForecaster | AttentionDetector

#: Where each kind lives; it is imported when a file holds it.
ESTIMATORS = {
    "AttentionClassifier": "attime.estimators.classifier",
    "AttentionRegressor": "attime.estimators.regressor",
    "AttentionForecaster": "attime.estimators.forecasting",
    "AttentionDetector": "attime.estimators.detection",
}


def load(path: str | os.PathLike[str]) -> Estimator:
    """Read a fitted estimator of whatever kind from a file that its ``save`` has written.

    Nothing in the file is run, and neither the data nor the code that trained the model is needed.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    AttentionClassifier, AttentionRegressor, AttentionForecaster or AttentionDetector

    Raises
    ------
    ModelFileError
        If the file is no model, is damaged, or was written by a version that cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from attime import AttentionDetector
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.attime"
    >>> AttentionDetector(window=20, alarm_rate=20).fit(np.sin(np.arange(500.0))).save(path)
    >>> load(path).window_
    20
    """
    kind = read_model(path).specification.get("estimator")
    if not isinstance(kind, str) or kind not in ESTIMATORS:
        remedy = "; read it with attime.Explanation.load" if kind == "explanation" else ""
        raise ModelFileError(
            f"{path}: holds the model {in_line(kind)}, expected one of {', '.join(ESTIMATORS)}{remedy}"
        )
    found: type[Estimator] = getattr(import_module(ESTIMATORS[kind]), kind)
    return found.load(path)
