"""Methods of explanation: each is one small class and one line in `METHODS`."""

from __future__ import annotations

from attime.explain.methods.captum import ALGORITHMS, Captum
from attime.explain.methods.control import RandomRelevance
from attime.explain.methods.gradients import BASELINES, GradientTimesInput, IntegratedGradients
from attime.explain.methods.method import Method, Relevance
from attime.explain.methods.network import Evidence, PoolingAttention, Rollout
from attime.explain.methods.occlusion import Occlusion

METHODS: dict[str, type[Method]] = {
    "evidence": Evidence,
    "attention": PoolingAttention,
    "rollout": Rollout,
    "gradient_times_input": GradientTimesInput,
    "integrated_gradients": IntegratedGradients,
    "occlusion": Occlusion,
    "captum": Captum,
    "random": RandomRelevance,
}

__all__ = [
    "ALGORITHMS",
    "BASELINES",
    "METHODS",
    "Captum",
    "Evidence",
    "GradientTimesInput",
    "IntegratedGradients",
    "Method",
    "Occlusion",
    "PoolingAttention",
    "RandomRelevance",
    "Relevance",
    "Rollout",
]
