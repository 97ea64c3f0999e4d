"""Layers of self-attention, as the descriptions of transformers ask for them."""

from __future__ import annotations

from attime.attention import MultiHead
from attime.errors import OptionError
from attime.nn.networks.by_name import attention
from attime.nn.transformer import TransformerLayer


def heads(
    d_model: int, n_heads: int, *, score: str, weigh: str, n_keys: int, scope: str = "global", window: int = 1
) -> MultiHead:
    """Return attention in several heads; `score`, `weigh` and `scope` are names.

    Raises
    ------
    OptionError
        If `n_heads` does not divide `d_model`, or a name is not known.

    Examples
    --------
    >>> heads(8, 2, score="scaled_dot", weigh="softmax", n_keys=10).n_heads
    2
    """
    if d_model % n_heads:  # before a score of a size that does not fit is built
        raise OptionError(f"d_model {d_model} does not divide by n_heads {n_heads}; choose a divisor of {d_model}")
    d_head = d_model // n_heads
    attends = attention(score, weigh=weigh, scope=scope, d_query=d_head, d_key=d_head, n_keys=n_keys, window=window)
    return MultiHead(attends, d_model=d_model, n_heads=n_heads)


def transformer_layers(
    n_layers: int,
    *,
    d_model: int,
    n_heads: int,
    dropout: float,
    score: str,
    weigh: str,
    n_tokens: int,
    scope: str = "global",
    window: int = 1,
    d_hidden: int | None = None,
) -> list[TransformerLayer]:
    """Return layers in which tokens attend to each other, with 2 × `d_model` hidden units if not told otherwise.

    Raises
    ------
    OptionError
        As for `heads`.

    Examples
    --------
    >>> options = {"score": "scaled_dot", "weigh": "softmax", "n_tokens": 10}
    >>> len(transformer_layers(2, d_model=8, n_heads=2, dropout=0.1, **options))
    2
    """
    return [
        TransformerLayer(
            heads(d_model, n_heads, score=score, weigh=weigh, n_keys=n_tokens, scope=scope, window=window),
            d_model=d_model,
            d_hidden=d_hidden or 2 * d_model,
            dropout=dropout,
        )
        for _ in range(n_layers)
    ]
