"""The one equation: weights = weigh(score(query, key) within scope), context = weights · values."""

from __future__ import annotations

from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention.attended import Attended
from attime.attention.scopes import Global, Scope
from attime.attention.scores import Score
from attime.attention.weighing import Softmax, Weighing

NEVER = float("-inf")


class Attention(nn.Module):
    """Attention put together from three choices: a score, a weighing and a scope.

    ``Attention(Additive(d, d))`` is Bahdanau's, ``Attention(ScaledDot(d, d))`` is Vaswani's. Who asks is the caller's
    choice: the same sequence as query and key is self-attention, a decoder's states as queries are cross-attention,
    a learned query is pooling over time.

    Parameters
    ----------
    score
        How relevant a key is to a query.
    weigh
        How energies become weights; softmax if not given.
    scope
        Which keys a query may look at; all of them if not given.

    Examples
    --------
    >>> import torch
    >>> from attime.attention import Attention, Dot
    >>> x = torch.eye(3)
    >>> attended = Attention(Dot(3, 3))(x, x)
    >>> attended.weights.sum(-1).tolist()
    [1.0, 1.0, 1.0]
    """

    def __init__(self, score: Score, *, weigh: Weighing | None = None, scope: Scope | None = None) -> None:
        super().__init__()
        self.score = score
        self.weigh = weigh or Softmax()
        self.scope = scope or Global()

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        value: Float[Tensor, "*batch key d_value"] | None = None,
        *,
        present: Bool[Tensor, "*#batch key"] | None = None,
    ) -> Attended:
        """Let every query look at the keys.

        Parameters
        ----------
        query, key
            Who asks, and what is looked at.
        value
            What is taken from each key; the keys themselves if not given.
        present
            False for keys that are padding or missing. They weigh nothing, and a query that may look at no key at
            all gets zeros for weights and context.
        """
        energy = self.score(query, key)
        prior = self.scope(query, key)
        if prior is not None:
            energy = energy + prior
        if present is not None:
            energy = energy.masked_fill(~present.unsqueeze(-2), NEVER)
        weights = energy_to_weights(energy, self.weigh)
        return Attended(weights @ (key if value is None else value), weights)


def energy_to_weights(energy: Float[Tensor, "*batch query key"], weigh: Weighing) -> Float[Tensor, "*batch query key"]:
    """Weigh energies so that a forbidden key (−∞) weighs nothing and a row without any key is zero, never NaN."""
    forbidden = energy == NEVER
    nothing_allowed = forbidden.all(dim=-1, keepdim=True)
    return weigh(energy.masked_fill(nothing_allowed, 0.0)).masked_fill(forbidden, 0.0)
