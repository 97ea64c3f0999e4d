"""Models for commands: one of a kind that a command is not for is refused in the words of the command line."""

from __future__ import annotations

from typing import TypeVar

from attime import AttentionClassifier
from attime.errors import ModelFileError
from attime.estimators import load

T = TypeVar("T")

#: Which command takes the file of each kind of model, and what the kind is called.
TAKEN_BY = {
    "AttentionClassifier": ("a classifier", "attime predict MODEL DATA"),
    "AttentionRegressor": ("a regressor", "attime predict MODEL DATA"),
    "AttentionForecaster": ("a forecaster", "attime forecast DATA --load MODEL"),
    "AttentionDetector": ("a detector", "attime detect DATA --load MODEL"),
}


def load_for(command: str, path: str, *kinds: type[T]) -> T:
    """Read a model of one of these kinds.

    Raises
    ------
    ModelFileError
        If the file is no model, is damaged, or holds a model of another kind; the command that takes it is named.
    """
    model = load(path)
    if not isinstance(model, kinds):
        what, other = TAKEN_BY[type(model).__name__]
        wanted = " or ".join(TAKEN_BY[kind.__name__][0] for kind in kinds)
        other = other.replace("MODEL", path)
        raise ModelFileError(f"{path}: {what} arrived, but 'attime {command}' takes {wanted}; use '{other}'")
    return model


def load_classifier(path: str, command: str) -> AttentionClassifier:
    """Read the classifier that `command` is about; see `load_for`."""
    return load_for(command, path, AttentionClassifier)
