"""What many maps say together: rollout through stacked layers, and what each head does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from attime.attention.attended import AttentionMap
from attime.errors import OptionError

SELF_ATTENTION = ("case", "head", "query", "key")


def rollout(maps: Sequence[AttentionMap]) -> AttentionMap:
    """Follow attention from the last layer back to the tokens that came in.

    R = A_L … A_2 A_1,  A_l = (mean over heads of the weights + I) / 2, each row normalised: half of what a token
    becomes is taken to be itself, for the residual path. Abnar & Zuidema 2020 (https://arxiv.org/abs/2005.00928), 3.

    Parameters
    ----------
    maps
        Maps of self-attention with the axes (case, head, query, key), the first layer first; maps of other axes, such
        as that of a pooling, are passed over.

    Returns
    -------
    AttentionMap
        Called "rollout", with the axes (case, query, key). Rows sum to one.

    Raises
    ------
    OptionError
        If there is no map of self-attention, or the maps differ in shape.

    Examples
    --------
    >>> layers = [AttentionMap(name, torch.eye(3).expand(1, 2, 3, 3), SELF_ATTENTION) for name in ("one", "two")]
    >>> rollout(layers).weights.tolist()
    [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]]
    """
    layers = _self_attention(maps)
    total: Tensor | None = None
    for layer in layers:
        weights = layer.weights.mean(1)
        step = weights + torch.eye(weights.shape[-1], dtype=weights.dtype, device=weights.device)
        step = step / step.sum(-1, keepdim=True)
        total = step if total is None else step @ total
    assert total is not None
    return AttentionMap("rollout", total, ("case", "query", "key"), layers[0].stride)


@dataclass(frozen=True, eq=False)
class HeadSummary:
    """What each head of each layer does, averaged over cases and queries.

    Attributes
    ----------
    names
        The maps, one for each layer.
    effective_keys
        exp(entropy of the weights): to how many keys a query spreads its attention. 1 is a pointer.
    distance
        Mean ``|query − key|`` under the weights, in tokens: how far the head looks.
    itself
        Mean weight of a token on itself.
    first
        Mean weight on the first token, where heads with nothing to say tend to rest.
    """

    names: tuple[str, ...]
    effective_keys: Float[Tensor, "layer head"]
    distance: Float[Tensor, "layer head"]
    itself: Float[Tensor, "layer head"]
    first: Float[Tensor, "layer head"]


def head_summary(maps: Sequence[AttentionMap]) -> HeadSummary:
    """Say of each head how widely and how far it looks.

    Parameters
    ----------
    maps
        Maps of self-attention with the axes (case, head, query, key); others are passed over. Queries whose weights are
        all zero, because they are padding, do not count.

    Raises
    ------
    OptionError
        If there is no map of self-attention, or the maps differ in shape.

    Examples
    --------
    >>> even = AttentionMap("layer 1", torch.full((1, 1, 4, 4), 0.25), SELF_ATTENTION)
    >>> head_summary([even]).effective_keys.tolist(), head_summary([even]).distance.tolist()
    ([[4.0]], [[1.25]])
    """
    layers = _self_attention(maps)
    weights = torch.stack([layer.weights.double() for layer in layers])  # layer, case, head, query, key
    index = torch.arange(weights.shape[-1], dtype=weights.dtype, device=weights.device)
    total = weights.sum(-1)
    counts = total > 0
    weights = weights / total.clamp(min=torch.finfo(weights.dtype).tiny).unsqueeze(-1)

    def mean(of_query: Float[Tensor, "layer case head query"]) -> Float[Tensor, "layer head"]:
        return (of_query * counts).sum((1, 3)) / counts.sum((1, 3)).clamp(min=1)

    return HeadSummary(
        names=tuple(layer.name for layer in layers),
        effective_keys=mean(torch.special.entr(weights).sum(-1).exp()),
        distance=mean((weights * (index.unsqueeze(-1) - index).abs()).sum(-1)),
        itself=mean(weights.diagonal(dim1=-2, dim2=-1)),
        first=mean(weights[..., 0]),
    )


def _self_attention(maps: Sequence[AttentionMap]) -> list[AttentionMap]:
    layers = [
        layer for layer in maps if layer.axes == SELF_ATTENTION and layer.weights.shape[-1] == layer.weights.shape[-2]
    ]
    if not layers:
        arrived = "; ".join(f"{layer.name!r} {layer.axes}" for layer in maps) or "no map at all"
        raise OptionError(
            f"no map of self-attention with the axes {SELF_ATTENTION} arrived, but {arrived}; "
            "take the maps of a transformer's layers"
        )
    shapes = {tuple(layer.weights.shape) for layer in layers}
    if len(shapes) > 1:
        raise OptionError(f"the maps differ in shape ({', '.join(map(str, shapes))}); take the layers of one encoder")
    return layers
