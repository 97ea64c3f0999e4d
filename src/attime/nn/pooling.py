"""Poolings: from the features of many steps to one logit for each class, as a sum that can be read step by step.

    evidence_ct = α_t · (W z_t)_c          logit_c = Σ_t evidence_ct + b_c

The poolings differ in α_t alone. Early et al. 2024 (https://arxiv.org/abs/2311.10049) compare such poolings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Attention


@dataclass(frozen=True, eq=False)
class Pooled:
    """Logits, shape (case, class); the evidence they sum, (case, class, token); the weights α, (case, token)."""

    logits: Float[Tensor, "case class"]
    evidence: Float[Tensor, "case class token"]
    weights: Float[Tensor, "case token"]


class ClassScores(nn.Linear):
    """W z: what a step says for each class, against the average of the classes.

    A softmax does not notice what is added to all classes alike, so that part is taken out: what is left is what
    speaks for one class rather than another.
    """

    def __init__(self, d_model: int, n_classes: int) -> None:
        super().__init__(d_model, n_classes, bias=False)

    def forward(self, z: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case token class"]:
        scores = super().forward(z)
        return scores - scores.mean(-1, keepdim=True)


class SigmoidScore(nn.Linear):
    """One unit s for two classes, as ±s/2: softmax(−s/2, s/2) is the sigmoid of s."""

    def __init__(self, d_model: int) -> None:
        super().__init__(d_model, 1, bias=False)

    def forward(self, z: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case token class"]:
        score = super().forward(z)
        return torch.cat([-score, score], dim=-1) / 2


class EqualWeights(nn.Module):
    """α_t = 1/n: every step counts the same (class activation maps, Zhou et al. 2016)."""

    def forward(
        self, z: Float[Tensor, "case token d_model"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case token"]:
        """Return α_t; zero where a token is not present."""
        return present / present.sum(-1, keepdim=True).clamp(min=1)


class QueryWeights(nn.Module):
    """α = attention of one learned query to the steps, the query standing for "what should I look for?".

    With a softmax the steps compete (Bahdanau et al. 2015); with a gate each step is judged on its own
    (conjunctive pooling, Early et al. 2024).
    """

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention
        d_query = attention.score.d_query
        self.query = nn.Parameter(torch.randn(1, d_query) / d_query**0.5)

    def forward(
        self, z: Float[Tensor, "case token d_model"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case token"]:
        """Return α_t; zero where a token is not present."""
        return self.attention(self.query.expand(len(z), 1, -1), z, present=present).weights.squeeze(1)


class Pooling(nn.Module):
    """Class scores at each step, weighed and added up.

    Parameters
    ----------
    class_scores
        What a step says for each class: ``ClassScores`` or ``SigmoidScore``.
    step_weights
        How much each step counts: ``EqualWeights`` or ``QueryWeights``.
    n_classes
        Number of classes.

    Examples
    --------
    >>> pooling = Pooling(ClassScores(8, 3), EqualWeights(), n_classes=3)
    >>> pooled = pooling(torch.randn(2, 10, 8), torch.ones(2, 10, dtype=torch.bool))
    >>> torch.allclose(pooled.evidence.sum(-1) + pooling.bias, pooled.logits)
    True
    """

    def __init__(self, class_scores: nn.Module, step_weights: nn.Module, *, n_classes: int) -> None:
        super().__init__()
        self.class_scores, self.step_weights = class_scores, step_weights
        self.bias = nn.Parameter(torch.zeros(n_classes))

    def forward(self, z: Float[Tensor, "case token d_model"], present: Bool[Tensor, "case token"]) -> Pooled:
        """Weigh what each step says for each class, and add it up."""
        weights = self.step_weights(z, present)
        evidence = weights.unsqueeze(1) * self.class_scores(z).mT
        return Pooled(evidence.sum(-1) + self.bias, evidence, weights)
