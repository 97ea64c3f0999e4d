"""Models for the commands that take one kind alone: another is refused in the words of the command line."""

from __future__ import annotations

from attime import AttentionClassifier
from attime.errors import ModelFileError
from attime.estimators import load


def load_classifier(path: str, command: str) -> AttentionClassifier:
    """Read the classifier that `command` is about.

    Raises
    ------
    ModelFileError
        If the file is no model, is damaged, or holds another kind of model.
    """
    model = load(path)
    if not isinstance(model, AttentionClassifier):
        raise ModelFileError(
            f"{path}: holds the model {type(model).__name__}, but 'attime {command}' is for classifiers; give the "
            "model of a classifier, or judge this one by 'attime evaluate'"
        )
    return model
