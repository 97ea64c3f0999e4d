"""Attention: weights = weigh(score(query, key) within scope), context = weights · values.

The tables below name every member. A new mechanism is one class in its file and one line here; the contract
tests, the networks and the pictures then work with it.
"""

from __future__ import annotations

from attime.attention.attended import Attended, AttentionMap
from attime.attention.attention import Attention, Weighed
from attime.attention.hard import GumbelHard, ReinforceHard
from attime.attention.multihead import MultiHead
from attime.attention.positions import (
    Learned,
    Nowhere,
    Place,
    Position,
    RelativeBias,
    Rotary,
    Sinusoidal,
    TimeStamps,
)
from attime.attention.scopes import Causal, Global, LocalM, LocalP, Scope
from attime.attention.scores import Additive, Capped, Dot, General, Location, ScaledDot, Score
from attime.attention.summaries import HeadSummary, head_summary, rollout
from attime.attention.terms import ChoiceTerm, DivergenceTerm, Term
from attime.attention.variational import LatentContext, Variational
from attime.attention.weighing import Entmax15, Gate, Softmax, Sparsemax, Weighing

SCORES: dict[str, type[Score]] = {
    "dot": Dot,
    "scaled_dot": ScaledDot,
    "general": General,
    "additive": Additive,
    "location": Location,
}
WEIGHINGS: dict[str, type[Weighing]] = {
    "softmax": Softmax,
    "sparsemax": Sparsemax,
    "entmax15": Entmax15,
    "gate": Gate,
    "gumbel": GumbelHard,
    "reinforce": ReinforceHard,
}
SCOPES: dict[str, type[Scope]] = {"global": Global, "causal": Causal, "local_m": LocalM, "local_p": LocalP}
POSITIONS: dict[str, type[Position]] = {
    "none": Nowhere,
    "sinusoidal": Sinusoidal,
    "learned": Learned,
    "rotary": Rotary,
    "relative": RelativeBias,
    "time_stamps": TimeStamps,
}

__all__ = [
    "POSITIONS",
    "SCOPES",
    "SCORES",
    "WEIGHINGS",
    "Additive",
    "Attended",
    "Attention",
    "AttentionMap",
    "Capped",
    "Causal",
    "ChoiceTerm",
    "DivergenceTerm",
    "Dot",
    "Entmax15",
    "Gate",
    "General",
    "Global",
    "GumbelHard",
    "HeadSummary",
    "LatentContext",
    "Learned",
    "LocalM",
    "LocalP",
    "Location",
    "MultiHead",
    "Nowhere",
    "Place",
    "Position",
    "ReinforceHard",
    "RelativeBias",
    "Rotary",
    "ScaledDot",
    "Scope",
    "Score",
    "Sinusoidal",
    "Softmax",
    "Sparsemax",
    "Term",
    "TimeStamps",
    "Variational",
    "Weighed",
    "Weighing",
    "head_summary",
    "rollout",
]
