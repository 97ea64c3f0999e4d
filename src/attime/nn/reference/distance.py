"""Distances between windows with missing values, as products of matrices."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

ENOUGH = 0.5  # share of the steps that two windows must have in common to be compared


def squared_distances(
    query: Float[Tensor, "query step"],
    query_present: Bool[Tensor, "query step"],
    key: Float[Tensor, "key step"],
    key_present: Bool[Tensor, "key step"],
    *,
    centred: bool = False,
) -> Float[Tensor, "query key"]:
    """Return the mean squared difference over the steps that both windows have.

    Σ_t m_t n_t (q_t − k_t)² / Σ_t m_t n_t, with masks m and n, is four products of matrices; without missing values it
    is ‖q‖² + ‖k‖² − 2 qᵀk, one product. Windows that are compared without their means lose those over the steps they
    have in common: (Σ d² − (Σ d)² / n) / n with the differences d.

    Parameters
    ----------
    query, key
        Windows, zero where missing.
    query_present, key_present
        Which steps they have.
    centred
        Whether windows are compared without their means, which complete ones have lost already.

    Returns
    -------
    Tensor
        Infinite where fewer than half of the steps are in common.

    Examples
    --------
    >>> q, k = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 4.0], [0.0, 2.0]])
    >>> squared_distances(q, q > 0, k, k > 0).tolist()
    [[2.0, 0.0]]
    """
    n_steps = query.shape[-1]
    if bool(query_present.all()) and bool(key_present.all()):
        squares = query.square().sum(-1, keepdim=True) + key.square().sum(-1)
        return torch.addmm(squares, query, key.mT, alpha=-2).clamp_(min=0).div_(n_steps)
    here, there = query_present.to(query.dtype), key_present.to(key.dtype)
    squares = query.square() @ there.mT + here @ key.square().mT
    n_common = here @ there.mT
    found = torch.addmm(squares, query, key.mT, alpha=-2).clamp_(min=0) / n_common.clamp(min=1)
    if centred:
        mean = (query @ there.mT - here @ key.mT) / n_common.clamp(min=1)
        found = (found - mean.square()).clamp_(min=0)
    return found.masked_fill(n_common < ENOUGH * n_steps, torch.inf)
