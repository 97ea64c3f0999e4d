"""Variational self-attention: the context is not a vector but a distribution, and what it tells is paid for in nats."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from attime.attention.attended import Attended
from attime.attention.attention import Attention
from attime.attention.batchwide import drawn
from attime.attention.multihead import MultiHead
from attime.attention.terms import DivergenceTerm


@dataclass(frozen=True, eq=False)
class LatentContext(Attended):
    """What variational attention gives back: `values` is a draw from `context` in training, its mean afterwards.

    Attributes
    ----------
    context
        The distribution of each context, for every query and feature.
    divergence
        KL(context ‖ N(0, I)) in nats, for every query.
    """

    context: Normal = field(kw_only=True)
    divergence: Float[Tensor, "*batch query"] = field(kw_only=True)


class Variational(nn.Module):
    """c_t ~ N(μ(a_t), σ²(a_t)), a_t the context of an ordinary attention; prior N(0, I).

    Pereira & Silveira 2018 (https://doi.org/10.1109/ICMLA.2018.00207), section III-C, after Bahuleyan et al. 2018
    (https://arxiv.org/abs/1712.08207). An autoencoder with attention can copy its input past a narrow code; this one
    cannot do so for nothing, since the divergence of every context is part of the loss.

    Parameters
    ----------
    attention
        Any attention, with one head or several.
    d_value
        Features of the values that it adds up.
    d_context
        Features of a context; as many as of a value if not given.
    weight
        What the divergence counts in the loss; may be set anew while it is annealed.

    Examples
    --------
    >>> from attime.attention import Attention, ScaledDot
    >>> attend, h = Variational(Attention(ScaledDot(8, 8)), d_value=8, d_context=3), torch.randn(2, 10, 8)
    >>> attended = attend(h, h)
    >>> attended.values.shape, attended.divergence.shape, bool((attended.divergence >= 0).all())
    (torch.Size([2, 10, 3]), torch.Size([2, 10]), True)
    """

    def __init__(
        self, attention: Attention | MultiHead, *, d_value: int, d_context: int | None = None, weight: float = 1.0
    ) -> None:
        super().__init__()
        self.attention, self.weight = attention, weight
        self.mean = nn.Linear(d_value, d_context or d_value)
        self.log_variance = nn.Linear(d_value, d_context or d_value)

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        value: Float[Tensor, "*batch key d_value"] | None = None,
        *,
        present: Bool[Tensor, "*#batch key"] | None = None,
        asking: Bool[Tensor, "*#batch query"] | None = None,
    ) -> LatentContext:
        """Let every query look at the keys, as in `Attention`, and doubt what it saw.

        A query that is padding (not `asking`) has a divergence of zero.
        """
        attended = self.attention(query, key, value, present=present, asking=asking)
        # The deviation is kept within e^±5: beyond, a draw says nothing or the divergence is lost in rounding.
        deviation = (self.log_variance(attended.values).clamp(-10, 10) / 2).exp()
        # Not validated by torch: of means that are no numbers any more, the training loop knows what to say.
        context = Normal(self.mean(attended.values), deviation, validate_args=False)
        prior = Normal(torch.zeros_like(deviation), torch.ones_like(deviation), validate_args=False)
        divergence = kl_divergence(context, prior).sum(-1)
        if asking is not None:
            divergence = divergence.masked_fill(~asking, 0.0)
        return LatentContext(
            values=drawn(context) if self.training else context.mean,
            source=lambda: attended.weights,
            terms=(*attended.terms, DivergenceTerm(divergence, self.weight)),
            context=context,
            divergence=divergence,
        )
