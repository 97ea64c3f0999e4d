"""Poolings: from the features of many steps to one logit for each class, as a sum that can be read step by step.

    evidence_ct = α_t · (W z_t)_c          logit_c = Σ_t evidence_ct + b_c

The poolings differ in α_t alone. Early et al. 2024 (https://arxiv.org/abs/2311.10049) compare such poolings.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Attention, Term, Weighed


@dataclass(frozen=True, eq=False)
class Pooled:
    """What a pooling makes of tokens.

    Attributes
    ----------
    logits
        The sum of the evidence, and the bias.
    evidence
        Scores times weights.
    scores
        What each token says for each class, whatever its weight.
    weights
        How much each token counts.
    terms
        What training should add to the loss on account of the weights.
    """

    logits: Float[Tensor, "case class"]
    evidence: Float[Tensor, "case class token"]
    scores: Float[Tensor, "case class token"]
    weights: Float[Tensor, "case token"]
    terms: tuple[Term, ...]


class ClassScores(nn.Module):
    """W z: what a step says for each class, against the average of the classes; b: what no step has to say.

    A softmax does not notice what is added to all classes alike, so that part is taken out: what is left is what
    speaks for one class rather than another. A single outcome is a number, as regression learns it, and has no others
    to be compared with.
    """

    def __init__(self, d_model: int, n_classes: int) -> None:
        super().__init__()
        self.W = nn.Linear(d_model, n_classes, bias=False)
        self.b = nn.Parameter(torch.zeros(n_classes))

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """What is added to each logit, whatever the steps say."""
        return self.b

    def forward(self, z: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case token class"]:
        """Return what each step says for each class."""
        scores = self.W(z)
        return scores - scores.mean(-1, keepdim=True) if scores.shape[-1] > 1 else scores


class SigmoidScore(nn.Module):
    """One unit s = w·z + b for two classes, as ±s/2: softmax(−s/2, s/2) is the sigmoid of s."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.W = nn.Linear(d_model, 1, bias=False)
        self.b = nn.Parameter(torch.zeros(1))

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """What is added to each logit, whatever the steps say."""
        return torch.cat([-self.b, self.b]) / 2

    def forward(self, z: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case token class"]:
        """Return what each step says for each class."""
        score = self.W(z)
        return torch.cat([-score, score], dim=-1) / 2


class EqualWeights(nn.Module):
    """α_t = 1/n: every step counts the same (class activation maps, Zhou et al. 2016)."""

    def forward(self, z: Float[Tensor, "*case token d_model"], present: Bool[Tensor, "*case token"]) -> Weighed:
        """Return α_t, shape (case, 1, token); zero where a token is not present."""
        return Weighed((present / present.sum(-1, keepdim=True).clamp(min=1)).unsqueeze(-2), ())


class QueryWeights(nn.Module):
    """α = attention of one learned query to the steps, the query standing for "what should I look for?".

    With a softmax the steps compete (Bahdanau et al. 2015); with a gate each step is judged on its own
    (conjunctive pooling, Early et al. 2024).
    """

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = attention
        d_query = attention.score.d_query
        self.query = nn.Parameter(
            torch.randn(1, d_query).div_(d_query**0.5)
        )  # in place: loading then need not load torch._refs

    def forward(self, z: Float[Tensor, "*case token d_model"], present: Bool[Tensor, "*case token"]) -> Weighed:
        """Return α_t, shape (case, 1, token); zero where a token is not present."""
        return self.attention.weights(self.query.expand(*z.shape[:-2], 1, -1), z, present=present)


class Pooling(nn.Module):
    """Class scores at each step, weighed and added up.

    Parameters
    ----------
    class_scores
        What a step says for each class: ``ClassScores`` or ``SigmoidScore``.
    step_weights
        How much each step counts: ``EqualWeights`` or ``QueryWeights``.

    Examples
    --------
    >>> pooling = Pooling(ClassScores(8, 3), EqualWeights())
    >>> pooled = pooling(torch.randn(2, 10, 8), torch.ones(2, 10, dtype=torch.bool))
    >>> torch.allclose(pooled.evidence.sum(-1) + pooling.bias, pooled.logits)
    True
    """

    def __init__(self, class_scores: ClassScores | SigmoidScore, step_weights: nn.Module) -> None:
        super().__init__()
        self.class_scores, self.step_weights = class_scores, step_weights

    @property
    def bias(self) -> Float[Tensor, " class"]:
        """The part of each logit that no step brought."""
        return self.class_scores.bias

    def forward(self, z: Float[Tensor, "case token d_model"], present: Bool[Tensor, "case token"]) -> Pooled:
        """Weigh what each step says for each class, and add it up."""
        weighed = self.step_weights(z, present)
        scores = self.class_scores(z).mT
        evidence = weighed.weights * scores
        return Pooled(evidence.sum(-1) + self.bias, evidence, scores, weighed.weights.squeeze(1), weighed.terms)
