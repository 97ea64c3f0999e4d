"""Attention: weights = weigh(score(query, key) within scope), context = weights · values.

The three tables below name every member. A new mechanism is one class in its file and one line here; the contract
tests, the networks and the pictures then work with it.
"""

from __future__ import annotations

from attime.attention.attended import Attended, AttentionMap
from attime.attention.attention import Attention
from attime.attention.multihead import MultiHead
from attime.attention.scopes import Global, Scope
from attime.attention.scores import Additive, Capped, Dot, General, ScaledDot, Score
from attime.attention.weighing import Gate, Softmax, Weighing

SCORES: dict[str, type[Score]] = {"dot": Dot, "scaled_dot": ScaledDot, "general": General, "additive": Additive}
WEIGHINGS: dict[str, type[Weighing]] = {"softmax": Softmax, "gate": Gate}
SCOPES: dict[str, type[Scope]] = {"global": Global}

__all__ = [
    "SCOPES",
    "SCORES",
    "WEIGHINGS",
    "Additive",
    "Attended",
    "Attention",
    "AttentionMap",
    "Capped",
    "Dot",
    "Gate",
    "General",
    "Global",
    "MultiHead",
    "ScaledDot",
    "Scope",
    "Score",
    "Softmax",
    "Weighing",
]
