"""Several heads: project queries, keys and values, attend in each head on its own, join what they found."""

from __future__ import annotations

from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention.attended import Attended
from attime.attention.attention import Attention
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
    ) -> Attended:
        """Attend in every head; weights have the axes (case, head, query, key)."""
        attended = self.attention(
            self._split(self.W_query(query)),
            self._split(self.W_key(key)),
            self._split(self.W_value(key if value is None else value)),
            present=None if present is None else present.unsqueeze(1),
        )
        joined = attended.values.transpose(1, 2).flatten(2)
        return Attended(self.W_out(joined), attended.weights)

    def _split(self, x: Float[Tensor, "case token d_model"]) -> Float[Tensor, "case head token d_head"]:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
