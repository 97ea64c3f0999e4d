"""Several heads: project queries, keys and values, attend in each head on its own, join what they found."""

from __future__ import annotations

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attime.attention.attended import Attended
from attime.attention.attention import Attention
from attime.attention.positions import Place, turn
from attime.errors import OptionError


class MultiHead(nn.Module):
    """MultiHead(q, k, v) = Concat(head_1 … head_h) W^O, head_i = attention(q W_i^Q, k W_i^K, v W_i^V).

    Vaswani et al. 2017 (https://arxiv.org/abs/1706.03762), section 3.2.2; any attention may stand in the heads.

    Parameters
    ----------
    attention
        What each head does, for queries and keys of d_model / n_heads features. Scores with weights of their own
        (general, additive) share them among the heads; the projections already tell the heads apart.
    d_model
        Features of queries, keys and values, and of the result.
    n_heads
        Number of heads; must divide `d_model`.

    Raises
    ------
    OptionError
        If the sizes do not fit.

    Examples
    --------
    >>> import torch
    >>> from attime.attention import Attention, MultiHead, ScaledDot
    >>> heads = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2)
    >>> x = torch.randn(3, 10, 8)
    >>> heads(x, x).weights.shape  # case, head, query, key
    torch.Size([3, 2, 10, 10])
    """

    def __init__(self, attention: Attention, *, d_model: int, n_heads: int) -> None:
        super().__init__()
        if n_heads < 1 or d_model % n_heads:
            raise OptionError(f"d_model {d_model} does not divide by n_heads {n_heads}; choose a divisor of {d_model}")
        d_head = d_model // n_heads
        if (attention.score.d_query, attention.score.d_key) != (d_head, d_head):
            raise OptionError(
                f"the score takes queries of {attention.score.d_query} and keys of {attention.score.d_key} features, "
                f"but {n_heads} heads of {d_model} features have {d_head} each; build it for ({d_head}, {d_head})"
            )
        self.attention, self.n_heads = attention, n_heads
        self.W_query, self.W_key, self.W_value, self.W_out = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(
        self,
        query: Float[Tensor, "case query d_model"],
        key: Float[Tensor, "case key d_model"],
        value: Float[Tensor, "case key d_model"] | None = None,
        *,
        present: Bool[Tensor, "case key"] | None = None,
        asking: Bool[Tensor, "case query"] | None = None,
        at: Int[Tensor, " query"] | None = None,
        place: Place | None = None,
    ) -> Attended:
        """Attend in every head; weights have the axes (case, head, query, key).

        Parameters
        ----------
        query, key, value, present, asking, at
            As in `Attention`; a query that gets zeros in every head leaves with the bias of W^O.
        place
            Where the tokens stand, in self-attention: by what angle queries and keys are turned, and what is added to
            the energies.

        Raises
        ------
        OptionError
            If queries, keys or values have not d_model features.
        """
        value = key if value is None else value
        self._check_sizes(query, key, value)
        q, k, v = (self._split(x) for x in (self.W_query(query), self.W_key(key), self.W_value(value)))
        if place is not None and place.angle is not None:
            q, k = turn(q, place.angle), turn(k, place.angle)
        attended = self.attention(
            q,
            k,
            v,
            present=None if present is None else present.unsqueeze(1),
            asking=None if asking is None else asking.unsqueeze(1),
            at=at,
            bias=None if place is None else place.bias,
        )
        joined = attended.values.transpose(1, 2).flatten(2)
        return Attended(self.W_out(joined), lambda: attended.weights, attended.terms)

    def _check_sizes(self, *inputs: Tensor) -> None:
        arrived = [x.shape[-1] for x in inputs]
        if arrived != [self.W_query.in_features] * 3:
            raise OptionError(
                f"queries, keys and values of {', '.join(map(str, arrived))} features arrived, but these heads were "
                f"built for d_model={self.W_query.in_features}; project them to that size, or build with another"
            )

    def _split(self, x: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case head token d_head"]:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
