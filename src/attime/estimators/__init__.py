"""Estimators: scikit-learn's manners around the networks."""

from __future__ import annotations

from attime.estimators.classifier import AttentionClassifier

__all__ = ["AttentionClassifier"]
