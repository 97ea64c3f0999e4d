"""The one equation: weights = weigh(score(query, key) within scope), context = weights · values."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attime.attention.attended import Attended
from attime.attention.fused import softmax_attention
from attime.attention.scopes import Global, Scope
from attime.attention.scores import Dot, ScaledDot, Score
from attime.attention.terms import Term
from attime.attention.weighing import NEVER, Softmax, Weighing
from attime.errors import OptionError


@dataclass(frozen=True, eq=False)
class Weighed:
    """Weights of every (query, key) pair, and what training should add to the loss on their account."""

    weights: Float[Tensor, "*batch query key"]
    terms: tuple[Term, ...]


class Attention(nn.Module):
    """Attention put together from three choices: a score, a weighing and a scope.

    ``Attention(Additive(d, d))`` is Bahdanau's, ``Attention(ScaledDot(d, d))`` is Vaswani's. Who asks is the caller's
    choice: the same sequence as query and key is self-attention, a decoder's states as queries are cross-attention,
    a learned query is pooling over time.

    A softmax over dot products is computed by torch's fused kernel; its weights are computed only if somebody reads
    them. All else, and those weights too, is computed as the equation says.

    Parameters
    ----------
    score
        How relevant a key is to a query.
    weigh
        How energies become weights; softmax if not given.
    scope
        Which keys a query may look at; all of them if not given.

    Raises
    ------
    OptionError
        If a part is not an object of its kind, but a name or a class.

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
        for name, part, kind in (("score", score, Score), ("weigh", weigh, Weighing), ("scope", scope, Scope)):
            if not isinstance(part, kind) and not (part is None and name != "score"):
                raise OptionError(
                    f"{name} is {part!r}, expected an object such as Additive(8, 8), Softmax() or Causal(); names are "
                    "for networks, and stand in the tables SCORES, WEIGHINGS and SCOPES"
                )
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
        asking: Bool[Tensor, "*#batch query"] | None = None,
        at: Int[Tensor, " query"] | None = None,
        bias: Float[Tensor, "*#batch query key"] | None = None,
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
        asking
            False for queries that are padding or missing; they get zeros too. In self-attention that is `present`.
        at
            The position of each query, for scopes that know positions; 0, 1, 2, … if not given.
        bias
            What is added to the energies, such as a bias for relative positions.

        Raises
        ------
        OptionError
            If queries or keys are not of the size the score was built for, or a window does not fit.
        """
        self.score.check_sizes(query, key)
        value = key if value is None else value
        if value.shape[-2] != key.shape[-2]:
            raise OptionError(
                f"{key.shape[-2]} keys and {value.shape[-2]} values arrived, expected one value for each key"
            )
        if isinstance(self.score, Dot) and self._has_kernel:
            prior = self._prior(query, key, present=present, at=at, bias=bias)
            values = softmax_attention(query, key, value, prior, scale=self.score.scale)
            if asking is not None:
                values = values.masked_fill(~asking.unsqueeze(-1), 0.0)
            return Attended(values, lambda: self._weighed(query, key, prior, asking).weights)
        weighed = self.weights(query, key, present=present, asking=asking, at=at, bias=bias)
        return Attended(weighed.weights @ value, weighed.weights, weighed.terms)

    def weights(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        present: Bool[Tensor, "*#batch key"] | None = None,
        asking: Bool[Tensor, "*#batch query"] | None = None,
        at: Int[Tensor, " query"] | None = None,
        bias: Float[Tensor, "*#batch query key"] | None = None,
    ) -> Weighed:
        """Return the weights alone, for those who do with them something else than adding up values."""
        return self._weighed(query, key, self._prior(query, key, present=present, at=at, bias=bias), asking)

    @property
    def _has_kernel(self) -> bool:
        """Whether score and weighing are just those the fused kernel computes, and no subclasses of them."""
        return type(self.score) in (Dot, ScaledDot) and type(self.weigh) is Softmax

    def _weighed(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        prior: Float[Tensor, "*#batch #query key"] | None,
        asking: Bool[Tensor, "*#batch query"] | None,
    ) -> Weighed:
        energy = self.score(query, key)
        if prior is not None:
            energy = energy + prior
        forbidden = energy == NEVER
        if asking is not None:
            forbidden = forbidden | ~asking.unsqueeze(-1)
        nothing_allowed = forbidden.all(dim=-1, keepdim=True)
        energy = energy.masked_fill(nothing_allowed, 0.0)  # or such a row would be weighed to NaN
        weights = self.weigh(energy).masked_fill(forbidden, 0.0)
        return Weighed(weights, self.weigh.terms(energy, weights))

    def _prior(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        present: Bool[Tensor, "*#batch key"] | None,
        at: Int[Tensor, " query"] | None,
        bias: Float[Tensor, "*#batch query key"] | None,
    ) -> Float[Tensor, "*#batch #query key"] | None:
        """Add up what is known before any score: the scope, the bias, and the mask as the surest of them."""
        if at is None:
            at = torch.arange(query.shape[-2], device=query.device)
        prior = self.scope(query, key, at=at, present=present)
        if bias is not None:
            prior = bias if prior is None else prior + bias
        if present is None:
            return prior
        absent = ~present.unsqueeze(-2)
        if prior is None:
            prior = query.new_zeros(absent.shape)
        return prior.masked_fill(absent, NEVER)
