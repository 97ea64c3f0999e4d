"""Answers of classifiers and regressors: predictions, and which steps mattered."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped
from pydantic import BaseModel

from attime.errors import DataError
from attime.estimators import AttentionClassifier, AttentionRegressor
from attime.explain import Explanation, explain, faithfulness
from attime.service.answers import Explained, Explanations, Outcome, Predicted, Trust
from attime.service.served import Served
from attime.service.work.common import counts, split, together

MEASURE = "aopcr_probability"
NUMBER = "number"
one_at_a_time = Lock()  # measuring faithfulness seeds the generator that all threads share


def predict(model: Served, questions: Sequence[Any]) -> list[BaseModel]:
    """Predict the series of all questions at once."""
    estimator, series = model.estimator, together(questions)
    assert isinstance(estimator, AttentionClassifier | AttentionRegressor)
    outcomes = _outcomes(model, *_predicted(estimator, series))
    return [Predicted(model=model.name, predictions=own) for own in split(outcomes, counts(questions))]


def _predicted(
    estimator: AttentionClassifier | AttentionRegressor, series: Float64[np.ndarray, "case channel time"]
) -> tuple[Shaped[np.ndarray, " case"], Float64[np.ndarray, "case class"] | None]:
    if isinstance(estimator, AttentionRegressor):
        return estimator.predict(series), None
    probabilities = estimator.predict_proba(series)
    return estimator.classes_[probabilities.argmax(axis=1)], probabilities


def _outcomes(
    model: Served, predictions: Shaped[np.ndarray, " case"], probabilities: Float64[np.ndarray, "case class"] | None
) -> list[Outcome]:
    told = predictions if probabilities is None else probabilities
    if not np.isfinite(np.asarray(told, dtype=np.float64)).all():
        raise DataError(
            "series arrived of which the model makes no finite number, expected values such as it was fitted on; "
            "look for values that are far too large"
        )
    if probabilities is None:
        return [Outcome(prediction=float(number), probabilities=None) for number in predictions]
    return [
        Outcome(prediction=str(label), probabilities=dict(zip(model.classes, row, strict=True)))
        for label, row in zip(predictions.tolist(), probabilities.clip(0, 1).tolist(), strict=True)
    ]


def explain_all(model: Served, questions: Sequence[Any]) -> list[BaseModel]:
    """Explain the series of all questions at once."""
    estimator, series, first = model.estimator, together(questions), questions[0]
    assert isinstance(estimator, AttentionClassifier | AttentionRegressor)
    target = getattr(first, "target", None)
    if target is not None and isinstance(estimator, AttentionClassifier):
        target = [estimator.classes_[model.classes.index(target)]] * len(series)
    found = explain(estimator, series, method=first.method, target="predicted" if target is None else target)
    regression = isinstance(estimator, AttentionRegressor)
    outcomes = _outcomes(model, found.prediction, None if regression else found.probabilities.astype(np.float64))
    attention = estimator.attention(series).tolist()
    uniform, relevance = found.uniform.tolist(), found.relevance.tolist()
    cases = [
        Explained(
            prediction=outcome.prediction,
            probabilities=outcome.probabilities,
            target=NUMBER if regression else str(found.target[case]),
            relevance=relevance[case],
            attention=attention[case],
            uniform=uniform[case],
        )
        for case, outcome in enumerate(outcomes)
    ]
    asked = bool(getattr(first, "faithfulness", False))
    trust = _trust(estimator, found) if asked and isinstance(estimator, AttentionClassifier) else None
    return [
        Explanations(
            model=model.name, method=first.method, explanations=own, faithfulness_asked=asked, faithfulness=trust
        )
        for own in split(cases, counts(questions))
    ]


def _trust(estimator: AttentionClassifier, found: Explanation) -> Trust:
    with one_at_a_time:
        measured = faithfulness(estimator, found)
    one = next(part for part in measured.measures if part.name == MEASURE)
    return Trust(label=one.label, value=one.value, random=one.random, verdict=measured.verdict)
