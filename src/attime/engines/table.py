"""The unit of all prediction: a fitted estimator and a piece of a file give a piece of a table."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.errors import DataError
from attime.estimators import AttentionClassifier, AttentionRegressor
from attime.estimators.specification import arrays_of
from attime.export import OnnxModel

Model = AttentionClassifier | AttentionRegressor | OnnxModel

#: What predictions depend on beside tensors and the arrays of a scale.
TOLD = ("network_", "scaling_", "classes_", "target_mean_", "target_deviation_", "time_unit_", "static_")


def predict_table(model: Model, series: SeriesSet) -> pd.DataFrame:
    """Return a row for each case: the predicted class and the probability of every class, or the predicted number.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(40, 20))
    >>> regressor = AttentionRegressor(training={"max_epochs": 1}, random_state=0).fit(X, X.max(axis=1))
    >>> predict_table(regressor, SeriesSet.of(X[:3])).columns.tolist()
    ['predicted']
    """
    if isinstance(model, OnnxModel):
        return model.table(series)
    if isinstance(model, AttentionRegressor):
        return pd.DataFrame({"predicted": model.predict(series)}).rename_axis("case")
    return class_table(model.classes_, model.predict_proba(series))


def class_table(classes: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    """Return the predicted class and the probability of every class, a row for each case."""
    frame = pd.DataFrame(probabilities, columns=[f"probability_{label}" for label in classes])
    frame.insert(0, "predicted", classes[probabilities.argmax(1)])
    return frame.rename_axis("case")


def refuse_other_classes(model: Model, series: SeriesSet, path: str) -> None:
    """Where the first column of a file is taken for the class without having been named, see that it is one.

    Raises
    ------
    DataError
        If there are classes in it that the model does not know.
    """
    if series.labels is None or isinstance(model, AttentionRegressor) or not len(model.classes_):
        return
    try:
        positions(np.unique(series.labels).tolist(), model.classes_.tolist())
    except DataError as error:
        raise DataError(
            f"{path}: the first column of such a file is the class of each case, but {error}; if the file has no "
            "classes, give it as .csv"
        ) from error


def digest_of(model: Model) -> str:
    """Return what tells a model from others that would predict otherwise: a digest of all that it has learnt."""
    if isinstance(model, OnnxModel):
        return model.digest
    told = [getattr(model, name, None) for name in TOLD] + [model.training_.precision]
    digest = hashlib.sha256(repr([part.tolist() if isinstance(part, np.ndarray) else part for part in told]).encode())
    for name, tensor in model.module_.state_dict().items():
        digest.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
    for name, array in arrays_of(model.scale_).items():
        digest.update(name.encode() + np.asarray(array).tobytes())
    return digest.hexdigest()
