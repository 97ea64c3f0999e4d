"""Input attention: each module looks at the input or at nothing, and those that look most are active."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Attention, ScaledDot
from attime.errors import OptionError
from attime.nn.rim.modulewise import ModulewiseLinear


@dataclass(frozen=True, eq=False)
class Taken:
    """What the modules took of a step: values; how much each looked at it, not at nothing; and which are active."""

    values: Float[Tensor, "case module d_value"]
    weights: Float[Tensor, "case module"]
    active: Bool[Tensor, "case module"]


class InputAttention(nn.Module):
    """A_m = softmax(q_m [k, 0]ᵀ / √d) [v, 0],  q_m = W_m h_m + b_m,  k = W_k x,  v = W_v x; the n largest are active.

    Goyal et al. 2019 (https://arxiv.org/abs/1909.10893), section 2.2: the second slot is empty, and a module is ranked
    by its weight on the first. The code of the α_t-RIM ranks by the energy q_m·k and adds biases to k and v in both
    slots. Here there are none, so that nothing has the energy 0 and ranking by either is the same. We add b_m: without
    it, modules could not be told apart at the first step, where every state is zero.

    Parameters
    ----------
    n_modules, n_active
        Modules, and how many of them are active at a step.
    n_in, hidden
        Features of a step, and units of a module.
    d_key, d_value
        Features of queries and keys, and of what a module takes.

    Raises
    ------
    OptionError
        If more modules are to be active than there are.

    Examples
    --------
    >>> attend = InputAttention(4, 2, n_in=3, hidden=5, d_key=8, d_value=6)
    >>> taken = attend(torch.randn(2, 4, 5), torch.randn(2, 3), torch.tensor([True, False]))
    >>> taken.values.shape, taken.active.sum(1)
    (torch.Size([2, 4, 6]), tensor([2, 0]))
    """

    def __init__(self, n_modules: int, n_active: int, *, n_in: int, hidden: int, d_key: int, d_value: int) -> None:
        super().__init__()
        if not 1 <= n_active <= n_modules:
            raise OptionError(f"n_active is {n_active}, expected 1 to {n_modules}, the number of modules")
        self.n_active = n_active
        self.W_query = ModulewiseLinear(n_modules, hidden, d_key)
        self.W_key, self.W_value = nn.Linear(n_in, d_key, bias=False), nn.Linear(n_in, d_value, bias=False)
        self.attention = Attention(ScaledDot(d_key, d_key))

    def forward(
        self, h: Float[Tensor, "case module hidden"], x: Float[Tensor, "case n_in"], present: Bool[Tensor, " case"]
    ) -> Taken:
        """Let every module look at a step; where it is not present, none is active and weights are zero."""
        key, there = self.W_key(x), present.unsqueeze(1).expand(h.shape[:2])
        slots = torch.stack([key, torch.zeros_like(key)], 1)
        weights = self.attention.weights(self.W_query(h), slots, asking=there).weights[..., 0]
        most = weights.topk(self.n_active, sorted=False).indices
        active = torch.zeros_like(weights, dtype=torch.bool).scatter(1, most, True) & there
        return Taken(weights.unsqueeze(2) * self.W_value(x).unsqueeze(1), weights, active)
