"""Explanations and how far they can be trusted: measures that stand beside the value of a random order."""

from __future__ import annotations

from attime.explain.explain import explain
from attime.explain.explanation import Explanation
from attime.explain.localisation import Localisation, LocalisationSummary, measure_localisation
from attime.explain.methods import METHODS, Evidence, Method, PoolingAttention, RandomRelevance, Relevance, Rollout

__all__ = [
    "METHODS",
    "Evidence",
    "Explanation",
    "Localisation",
    "LocalisationSummary",
    "Method",
    "PoolingAttention",
    "RandomRelevance",
    "Relevance",
    "Rollout",
    "explain",
    "measure_localisation",
]
