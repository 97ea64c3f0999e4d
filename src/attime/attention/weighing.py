"""Weighing: from energies to weights.

A weighing sees only rows in which at least one key is allowed; a key that is not allowed has the energy −∞, and
``Attention`` sets its weight to zero afterwards whatever the weighing made of it.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Weighing(nn.Module):
    """What all weighings share: energies in, weights of the same shape out."""

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


class CappedSoftmax(Weighing):
    """weight = softmax(c · tanh(e / c)): no key can weigh more than e^2c times as much as another.

    Without a cap a softmax that is trained on few cases ends on one or two keys. Close to Bello et al. 2016
    (https://arxiv.org/abs/1611.09940, appendix A), who clip energies to C · tanh(e) for the sake of exploration.

    Parameters
    ----------
    cap
        The largest energy c that can be approached, up or down.

    Examples
    --------
    >>> weights = CappedSoftmax(cap=2.0)(torch.tensor([[100.0, -100.0]]))
    >>> round(float(weights[0, 0] / weights[0, 1]), 1)  # the fourth power of e
    54.6
    """

    def __init__(self, *, cap: float = 2.0) -> None:
        super().__init__()
        self.cap = cap

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        capped = self.cap * torch.tanh(energy / self.cap)
        return torch.softmax(torch.where(energy == -float("inf"), energy, capped), dim=-1)


class Gate(Weighing):
    """weight_j = σ(e_j) / n, n the number of allowed keys: each key is judged on its own, the context is a mean.

    The rows do not sum to one but to the mean of the gates. Early et al. 2024 (https://arxiv.org/abs/2311.10049) pool
    with such gates.

    Examples
    --------
    >>> Gate()(torch.tensor([[0.0, 0.0, -float("inf")]])).tolist()
    [[0.25, 0.25, 0.0]]
    """

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        n_allowed = (energy > -float("inf")).sum(-1, keepdim=True)
        return torch.sigmoid(energy) / n_allowed
