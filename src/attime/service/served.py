"""`Served`: a fitted estimator with a name, and what series it takes; read from model files when the service starts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sklearn.utils.validation import check_is_fitted

from attime.errors import OptionError
from attime.estimators import AttentionClassifier, AttentionRegressor, load
from attime.estimators.detection import AttentionDetector
from attime.estimators.forecasting import AttentionForecaster
from attime.service.limits import Limits

Kind = Literal["classifier", "regressor", "forecaster", "detector"]
Estimator = AttentionClassifier | AttentionRegressor | AttentionForecaster | AttentionDetector

#: Each kind of estimator with its name in the service and what it can be asked for.
KINDS: dict[type[Any], tuple[Kind, tuple[str, ...]]] = {
    AttentionClassifier: ("classifier", ("predict", "explain")),
    AttentionRegressor: ("regressor", ("predict", "explain")),
    AttentionForecaster: ("forecaster", ("forecast",)),
    AttentionDetector: ("detector", ("detect",)),
}


@dataclass(frozen=True, eq=False)
class Served:
    """A model that can be asked.

    Attributes
    ----------
    name
        By which it is asked for.
    estimator
        Fitted.
    kind
        Classifier, regressor, forecaster or detector.
    asked_for
        The endpoints that it answers at.
    classes
        Of a classifier, as text; none of others.
    channels
        The names of its channels; empty where it forecasts from its own series alone, because these come with
        covariates.
    fewest, most
        Steps of a series that it takes.
    horizon
        Of a forecaster: steps ahead; None of others.
    """

    name: str
    estimator: Estimator
    kind: Kind
    asked_for: tuple[str, ...]
    classes: tuple[str, ...]
    channels: tuple[str, ...]
    fewest: int
    most: int
    horizon: int | None

    @classmethod
    def of(cls, name: str, estimator: Estimator, limits: Limits) -> Served:
        """Return a fitted estimator as something to be asked.

        Raises
        ------
        OptionError
            If it is no estimator of series, or asks for more than series.
        """
        kind, asked_for = next((told for known, told in KINDS.items() if isinstance(estimator, known)), (None, ()))
        if kind is None:
            names = ", ".join(one.__name__ for one in KINDS)
            raise OptionError(f"model {name!r} is a {type(estimator).__name__}, expected one of {names}; give such")
        check_is_fitted(estimator)
        classes: tuple[str, ...] = ()
        channels: tuple[str, ...] = ("0",)
        fewest, most, horizon = 1, limits.steps, None
        if isinstance(estimator, AttentionForecaster):
            horizon = estimator.horizon
            if any(names for _, names in estimator.roles_.told):
                channels = ()
        elif isinstance(estimator, AttentionDetector):
            channels, fewest = estimator.channels_, -(-estimator.window_ // 2)
        else:
            if estimator.static_ is not None:
                raise OptionError(
                    f"model {name!r} was fitted with the static covariates {', '.join(estimator.static_.columns)}, "
                    "and requests hold series alone; serve a model that was fitted without"
                )
            channels = getattr(estimator, "channels_", tuple(map(str, range(estimator.n_channels_))))
            most = min(most, estimator.n_steps_)
            classes = tuple(map(str, estimator.classes_.tolist())) if isinstance(estimator, AttentionClassifier) else ()
        if fewest > most:
            raise OptionError(
                f"model {name!r} takes series of {fewest} steps at least, the service {most} at most; raise that limit"
            )
        return cls(name, estimator, kind, asked_for, classes, channels, fewest, most, horizon)


def all_served(models: Mapping[str, Estimator], limits: Limits) -> dict[str, Served]:
    """Return every model as something to be asked; errors as for `Served.of`."""
    if not models:
        raise OptionError("no models arrived, expected one at least; give the files of fitted models")
    return {name: Served.of(name, estimator, limits) for name, estimator in models.items()}


def read_models(paths: Sequence[str | os.PathLike[str]]) -> dict[str, Estimator]:
    """Read models of any kind; each is named like its file, without the ending.

    Raises
    ------
    ModelFileError
        If a file is missing, is no model, or is damaged.
    OptionError
        If two files have the same name.

    Examples
    --------
    >>> read_models(["nowhere.attime"])
    Traceback (most recent call last):
    attime.errors.ModelFileError: nowhere.attime: there is no such file; give the path of a model that was saved by \
attime
    """
    models: dict[str, Estimator] = {}
    for path in paths:
        name = Path(path).stem
        if name in models:
            raise OptionError(f"{path}: a model named {name!r} is there already, expected names that differ; rename it")
        models[name] = load(path)
    return models
