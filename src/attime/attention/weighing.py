"""Weighing: from energies to weights, all keys softly, few sparsely, or each on its own.

A weighing sees only rows in which at least one key is allowed; a key that is not allowed has the energy −∞, and
``Attention`` sets its weight to zero afterwards whatever the weighing made of it. Those that pick a single key stand
in ``hard.py``.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.attention.terms import Term
from attime.extras import imported

NEVER = float("-inf")


class Weighing(nn.Module):
    """What all weighings share: energies in, weights of the same shape out.

    Attributes
    ----------
    sums_to_one
        Whether the weights of a query sum to one wherever it may look at anything; otherwise to one at most.
    differentiable
        Whether gradients of the weights are those of the function computed, in training too.
    """

    sums_to_one = True
    differentiable = True

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        """Return one weight for each energy, normalised over the keys."""
        raise NotImplementedError

    def terms(
        self, energy: Float[Tensor, "*batch query key"], weights: Float[Tensor, "*batch query key"]
    ) -> tuple[Term, ...]:
        """Return what training should add to the loss on account of these weights; nothing, for most."""
        return ()


class Softmax(Weighing):
    """weight_j = exp(e_j) / Σ_j exp(e_j): soft attention, every key takes part a little.

    Examples
    --------
    >>> Softmax()(torch.zeros(1, 4)).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        return torch.softmax(energy, dim=-1)


class Sparsemax(Weighing):
    """weights = the point of the simplex nearest to the energies: weight_j = max(e_j − τ, 0).

    Martins & Astudillo 2016 (https://arxiv.org/abs/1602.02068), algorithm 1. Keys that are far behind weigh exactly
    nothing; τ is such that the others sum to one.

    Examples
    --------
    >>> Sparsemax()(torch.tensor([[2.0, 1.5, 0.0]])).tolist()
    [[0.75, 0.25, 0.0]]
    """

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        energy = energy - energy.amax(dim=-1, keepdim=True)  # changes nothing, but large energies keep their digits
        descending = energy.sort(dim=-1, descending=True).values
        rank = torch.arange(1, energy.shape[-1] + 1, device=energy.device)
        excess = descending.cumsum(-1) - 1
        n_support = (rank * descending > excess).sum(-1, keepdim=True)
        tau = excess.gather(-1, n_support - 1) / n_support
        return (energy - tau).clamp(min=0)


class Entmax15(Weighing):
    """weight_j = max(e_j / 2 − τ, 0)²: between softmax and sparsemax, α = 1.5.

    Peters, Niculae & Martins 2019 (https://arxiv.org/abs/1905.05702), computed by the authors' package ``entmax``.

    Raises
    ------
    MissingExtraError
        If ``entmax`` is not installed.

    Examples
    --------
    >>> weigh = Entmax15()  # doctest: +SKIP
    """

    def __init__(self) -> None:
        super().__init__()
        entmax = imported(
            "entmax", who="weighing 'entmax15' needs", extra="entmax", instead="or use the weighing 'sparsemax'"
        )
        self._entmax15 = entmax.entmax15

    def forward(self, energy: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query key"]:
        weights: Tensor = self._entmax15(energy, dim=-1)
        return weights


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
        n_allowed = (energy > NEVER).sum(-1, keepdim=True)
        return torch.sigmoid(energy) / n_allowed
