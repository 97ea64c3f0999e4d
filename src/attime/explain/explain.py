"""`explain`: one function from an estimator and series to an explanation, by any method."""

from __future__ import annotations

import warnings
from collections.abc import Hashable

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.data.split import generator_of
from attime.errors import DataError, DataWarning, OptionError
from attime.estimators import AttentionEstimator, AttentionRegressor
from attime.explain.explanation import Explanation
from attime.explain.methods import METHODS, Method
from attime.names import pick

PREDICTED, TRUE = "predicted", "true"
NUMBER = "number"  # what is explained of a regressor


def explain(
    estimator: AttentionEstimator,
    X: ArrayLike | pd.DataFrame | SeriesSet,
    *,
    method: str | Method = "evidence",
    target: Hashable | ArrayLike = PREDICTED,
    random_state: int | None = 0,
) -> Explanation:
    """Say how relevant each step was for a class, or for the number of a regressor.

    Parameters
    ----------
    estimator
        A fitted classifier or regressor.
    X
        The series, in any form that `estimator` takes.
    method
        A name in ``attime.explain.METHODS``, or a method with options of your own, such as ``Occlusion(window=20)``.
    target
        Which class to explain: ``"predicted"``, ``"true"`` (needs labels), the label of one class for all cases, or one
        label for each case. A class that is itself called "predicted" or "true" is given as a list. A regressor has one
        outcome, its number, and no choice.
    random_state
        Seed of methods that draw; None for a new one each time.

    Raises
    ------
    OptionError
        If there is no such method or class, or an option of the method is out of range.
    MissingExtraError
        If the method needs a package that is not installed.
    DataError
        If the series cannot be used, or are longer than any that the estimator has seen in `fit`.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> explanation = explain(clf, series[:5], target="flattened")
    >>> explanation.relevance.shape, len(explanation[:2])
    ((5, 1, 60), 2)
    """
    check_is_fitted(estimator, "module_")
    chosen = _method(method)
    rng = generator_of(random_state)
    series = estimator.series(X)
    _check_length(estimator, series)
    found = chosen.find(estimator, series, _targets(estimator, series, target), rng)
    relevance = found.relevance.values
    regression = isinstance(estimator, AttentionRegressor)
    classes = np.array([NUMBER]) if regression else estimator.classes_
    divided = relevance.shape[1] == series.n_channels
    observed = series.observed if divided else series.observed.any(axis=1, keepdims=True)
    return Explanation(
        series=series,
        relevance=np.where(observed, relevance, 0.0),
        target=classes[found.targets],
        probabilities=softmax(found.outcomes, axis=1),
        classes=classes,
        method=_name_of(chosen),
        maps=found.relevance.maps,
        options=chosen.get_params(),
        numbers=found.outcomes[:, 0] if regression else None,
        static_evidence=None if series.static is None else _static_evidence(estimator, series, found.targets),
    )


def _static_evidence(
    estimator: AttentionEstimator, series: SeriesSet, targets: Int[np.ndarray, " case"]
) -> Float[np.ndarray, "case covariate"]:
    """Return what static covariates say for the class of each case, in which no method has a choice."""
    evidence = estimator.static_evidence(series)
    return evidence[np.arange(len(evidence)), targets]


def _method(method: object) -> Method:
    """Return the method of that name, or the one that was given with its options checked."""
    if isinstance(method, Method):
        return method.checked()
    if isinstance(method, str):
        return pick(METHODS, method, what="method")()
    raise OptionError(
        f"method is {method!r}, expected a name ({', '.join(METHODS)}) or a method with its options, such as "
        "Occlusion(window=20)"
    )


def _check_length(estimator: AttentionEstimator, series: SeriesSet) -> None:
    longest = int(series.lengths.max())
    if longest > estimator.n_steps_:
        raise DataError(
            f"series of {longest} steps arrived, the longest in fit had {estimator.n_steps_}; what the model would say "
            f"of steps that it has never seen cannot be trusted: cut the series to {estimator.n_steps_} steps"
        )

    if estimator.equal_lengths_ and longest < estimator.n_steps_:
        warnings.warn(
            f"series of {longest} steps arrived, all in fit had {estimator.n_steps_}; see that they are the same thing",
            DataWarning,
            stacklevel=3,
        )


def _targets(
    estimator: AttentionEstimator,
    series: SeriesSet,
    target: Hashable | ArrayLike,
) -> Int[np.ndarray, " case"] | None:
    """Return the number of the class to be explained, for each case; None for the one that will be predicted."""
    if isinstance(target, str) and target == PREDICTED:
        return None
    if isinstance(estimator, AttentionRegressor):
        raise OptionError(f"target={target!r} arrived, but a regressor has no classes, only its number; leave it out")
    if isinstance(target, str) and target == TRUE:
        if series.labels is None:
            raise OptionError("target 'true' needs labels, and the series have none; give them, or use 'predicted'")
        return positions(series.labels.tolist(), estimator.classes_.tolist())
    labels = np.asarray(target)
    if labels.ndim == 0:
        labels = np.repeat(labels, len(series))
    if labels.shape != (len(series),):
        raise OptionError(
            f"targets of shape {labels.shape} arrived for {len(series)} cases; give 'predicted', 'true', one class, or "
            "one class for each case"
        )
    known = estimator.classes_.tolist()
    for label in labels.tolist():
        if label not in known:
            pick({str(name): name for name in known}, str(label), what="class")
            raise OptionError(
                f"class {label!r} arrived as {type(label).__name__}, the classes of the model are "
                f"{type(known[0]).__name__}; give {known[0]!r} or the like"
            )
    return positions(labels.tolist(), known)


def _name_of(method: Method) -> str:
    """Return the name under which a method stands in the table, or that of its class."""
    return next((name for name, kind in METHODS.items() if type(method) is kind), type(method).__name__)
