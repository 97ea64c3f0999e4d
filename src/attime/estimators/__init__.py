"""Estimators: scikit-learn's manners around the networks."""

from __future__ import annotations

from attime.estimators.base import AttentionEstimator
from attime.estimators.card import model_card
from attime.estimators.classifier import AttentionClassifier
from attime.estimators.kinds import ESTIMATORS, load
from attime.estimators.regressor import AttentionRegressor

__all__ = [
    "ESTIMATORS",
    "AttentionClassifier",
    "AttentionEstimator",
    "AttentionRegressor",
    "load",
    "model_card",
]
