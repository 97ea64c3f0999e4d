"""Parts by name: where the strings of a description become attentions and poolings."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from attime.attention import SCOPES, SCORES, WEIGHINGS, Attention, Capped, Gate, Score, Weighing
from attime.names import pick
from attime.nn.pooling import EqualWeights, QueryWeights

CAP = 1.5  # no step outweighs another more than e³ = 20 times
POOLINGS: dict[str, Callable[[Score, Weighing], nn.Module]] = {
    "mean": lambda score, weigh: EqualWeights(),
    "attention": lambda score, weigh: QueryWeights(Attention(score, weigh=weigh)),
    "capped_attention": lambda score, weigh: QueryWeights(Attention(Capped(score, cap=CAP), weigh=weigh)),
    "conjunctive": lambda score, weigh: QueryWeights(Attention(score, weigh=Gate())),
}


def pooling_weights(pooling: str, *, score: str, weigh: str, width: int, n_tokens: int) -> nn.Module:
    """Return what weighs `n_tokens` tokens of `width` features: a name in ``POOLINGS``, with score and weighing."""
    return pick(POOLINGS, pooling, what="pooling")(
        pick(SCORES, score, what="score").sized(d_query=width, d_key=width, n_keys=n_tokens),
        pick(WEIGHINGS, weigh, what="weigh")(),
    )


def attention(score: str, *, weigh: str, scope: str, d_query: int, d_key: int, n_keys: int, window: int) -> Attention:
    """Return the attention that three names and the sizes at hand make."""
    return Attention(
        pick(SCORES, score, what="score").sized(d_query=d_query, d_key=d_key, n_keys=n_keys),
        weigh=pick(WEIGHINGS, weigh, what="weigh")(),
        scope=pick(SCOPES, scope, what="scope").sized(d_query=d_query, window=window),
    )
