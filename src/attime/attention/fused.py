"""The fused path: softmax attention over dot products in one kernel, without ever writing the weights down.

The same numbers as the plain path, in memory that grows with the length and not with its square.
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from attime.attention.weighing import NEVER


def softmax_attention(
    query: Float[Tensor, "*batch query d"],
    key: Float[Tensor, "*batch key d"],
    value: Float[Tensor, "*batch key d_value"],
    prior: Float[Tensor, "*#batch #query key"] | None,
    *,
    scale: float,
) -> Float[Tensor, "*batch query d_value"]:
    """Return softmax(scale · q kᵀ + prior) · v; zeros for a query that may look at no key.

    Examples
    --------
    >>> import torch
    >>> x = torch.eye(2)
    >>> softmax_attention(x, x, x, None, scale=0.0).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    if prior is None:
        return _kernel(query, key, value, None, scale)
    nothing_allowed = (prior == NEVER).all(dim=-1, keepdim=True)
    values = _kernel(query, key, value, prior.masked_fill(nothing_allowed, 0.0), scale)
    return values.masked_fill(nothing_allowed, 0.0)


def _kernel(query: Tensor, key: Tensor, value: Tensor, prior: Tensor | None, scale: float) -> Tensor:
    batch, d, d_value = query.shape[:-2], query.shape[-1], value.shape[-1]
    if d != d_value:  # torch has fused kernels for one size alone; zeros change no product
        query, key, value = (F.pad(x, (0, max(d, d_value) - x.shape[-1])) for x in (query, key, value))
    q, k, v = (_with_two_batch_axes(x) for x in (query, key, value))
    if prior is not None:
        prior = _with_two_batch_axes(prior.expand(*batch, *prior.shape[-2:])).to(q.dtype)
    values = F.scaled_dot_product_attention(q, k, v, attn_mask=prior, scale=scale)[..., :d_value]
    return values.reshape(*batch, *values.shape[-2:])


def _with_two_batch_axes(x: Tensor) -> Tensor:
    """Return x as (case, head, …): torch has fused kernels for four axes alone."""
    if x.ndim > 4:
        return x.flatten(0, -4)
    return x.reshape(*x.shape[:-2], *[1] * (4 - x.ndim), *x.shape[-2:])
