"""Layers of self-attention, as the descriptions of forecasting transformers ask for them."""

from __future__ import annotations

from attime.attention import MultiHead
from attime.nn.networks.by_name import attention
from attime.nn.transformer import TransformerLayer


def heads(d_model: int, n_heads: int, *, score: str, weigh: str, n_keys: int) -> MultiHead:
    """Return attention in several heads to all keys; `score` and `weigh` are names.

    Examples
    --------
    >>> heads(8, 2, score="scaled_dot", weigh="softmax", n_keys=10).n_heads
    2
    """
    d_head = d_model // n_heads
    attends = attention(score, weigh=weigh, scope="global", d_query=d_head, d_key=d_head, n_keys=n_keys, window=1)
    return MultiHead(attends, d_model=d_model, n_heads=n_heads)


def transformer_layers(
    n_layers: int, *, d_model: int, n_heads: int, dropout: float, score: str, weigh: str, n_tokens: int
) -> list[TransformerLayer]:
    """Return layers in which `n_tokens` tokens attend to all others, with 2 × `d_model` hidden units.

    Examples
    --------
    >>> options = {"score": "scaled_dot", "weigh": "softmax", "n_tokens": 10}
    >>> len(transformer_layers(2, d_model=8, n_heads=2, dropout=0.1, **options))
    2
    """
    return [
        TransformerLayer(
            heads(d_model, n_heads, score=score, weigh=weigh, n_keys=n_tokens),
            d_model=d_model,
            d_hidden=2 * d_model,
            dropout=dropout,
        )
        for _ in range(n_layers)
    ]
