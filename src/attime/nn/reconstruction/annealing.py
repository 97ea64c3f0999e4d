"""Annealing: a weight that grows from update to update until it is reached."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Annealed(nn.Module):
    """λ_u = λ · min(1, u / n) in update u of training, and λ itself whenever the network is only used.

    Bowman et al. 2016 (https://arxiv.org/abs/1511.06349), section 3.1, with a line in place of their curve: a code that
    costs its full price before anybody can read it is not written at all. Validation always pays the full price, so
    that epochs can be compared.

    Parameters
    ----------
    weight
        The λ of the equation.
    n_updates
        The n of the equation; 0 for a constant weight.

    Examples
    --------
    >>> weight = Annealed(0.5, n_updates=2)
    >>> [weight() for _ in range(4)]
    [0.0, 0.25, 0.5, 0.5]
    >>> weight.eval()()
    0.5
    """

    def __init__(self, weight: float, *, n_updates: int) -> None:
        super().__init__()
        self.weight, self.n_updates = weight, n_updates
        self.made: Tensor
        self.register_buffer("made", torch.zeros((), dtype=torch.long))

    def forward(self) -> float:
        """Return the weight of this update; in training, each call is one."""
        if not self.training or not self.n_updates:
            return self.weight
        share = min(1.0, int(self.made) / self.n_updates)
        self.made.add_(1)
        return self.weight * share
