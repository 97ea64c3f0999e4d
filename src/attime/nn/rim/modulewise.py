"""A linear map for each module, all computed at once."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ModulewiseLinear(nn.Module):
    """y_m = x_m W_m + b_m: what ``nn.Linear`` is to one module, with first weights drawn from the same distribution.

    Parameters
    ----------
    n_modules
        Number of modules.
    n_in, n_out
        Features of what a module gets, and of what comes out.
    bias
        Whether there is a b.

    Examples
    --------
    >>> ModulewiseLinear(4, 3, 5)(torch.randn(2, 4, 3)).shape  # case, module, feature
    torch.Size([2, 4, 5])
    """

    def __init__(self, n_modules: int, n_in: int, n_out: int, *, bias: bool = True) -> None:
        super().__init__()
        bound = 1 / math.sqrt(n_in)
        self.W = nn.Parameter(torch.empty(n_modules, n_in, n_out).uniform_(-bound, bound))
        self.b = nn.Parameter(torch.empty(n_modules, n_out).uniform_(-bound, bound)) if bias else None

    def forward(self, x: Float[Tensor, "case module n_in"]) -> Float[Tensor, "case module n_out"]:
        y = (x.transpose(0, 1) @ self.W).transpose(0, 1)
        return y if self.b is None else y + self.b
