"""Weighing: from energies to weights.

A weighing sees only rows in which at least one key is allowed; a key that is not allowed has the energy −∞, and
``Attention`` sets its weight to zero afterwards whatever the weighing made of it.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Weighing(nn.Module):
    """What all weighings share: energies in, weights of the same shape out.

    Attributes
    ----------
    sums_to_one
        Whether the weights of a query sum to one wherever it may look at anything; otherwise to one at most.
    """

    sums_to_one = True

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        """Return one weight for each energy, normalised over the keys."""
        raise NotImplementedError


class Softmax(Weighing):
    """weight_j = exp(e_j) / Σ_j exp(e_j): soft attention, every key takes part a little.

    Examples
    --------
    >>> Softmax()(torch.zeros(1, 4)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        return torch.softmax(energy, dim=-1)


class Gate(Weighing):
    """weight_j = σ(e_j) / n, n the number of allowed keys: each key is judged on its own, the context is a mean.

    The rows do not sum to one but to the mean of the gates. Early et al. 2024 (https://arxiv.org/abs/2311.10049) pool
    with such gates.

    Examples
    --------
    >>> Gate()(torch.tensor([[0.0, 0.0, -float("inf")]])).tolist()
    [[0.25, 0.25, 0.0]]
    """

    sums_to_one = False

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        n_allowed = (energy > -float("inf")).sum(-1, keepdim=True)
        return torch.sigmoid(energy) / n_allowed
