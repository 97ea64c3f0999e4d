"""Methods of explanation: each is one small class and one line in `METHODS`."""

from __future__ import annotations

from attime.explain.methods.control import RandomRelevance
from attime.explain.methods.method import Method, Relevance
from attime.explain.methods.network import Evidence, PoolingAttention, Rollout

METHODS: dict[str, type[Method]] = {
    "evidence": Evidence,
    "attention": PoolingAttention,
    "rollout": Rollout,
    "random": RandomRelevance,
}

__all__ = ["METHODS", "Evidence", "Method", "PoolingAttention", "RandomRelevance", "Relevance", "Rollout"]
