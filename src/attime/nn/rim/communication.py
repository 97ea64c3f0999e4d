"""Communication: active modules read by attention what all modules know."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.attention import Attended, Attention, ScaledDot
from attime.nn.rim.modulewise import ModulewiseLinear


class Communication(nn.Module):
    """told_m = Concat_i(softmax(q_m k_·ᵀ / √d) v_·) W_m^O for active m, with q_m, k_m, v_m = h_m W_m of each head i.

    Goyal et al. 2019 (https://arxiv.org/abs/1909.10893), section 2.4. Modules that are not active are read too, as
    they may have kept what others need, but no gradient goes to them. This is ``MultiHead`` with projections that
    differ from module to module.

    Parameters
    ----------
    n_modules, n_heads
        Number of modules, and of heads.
    hidden
        Units of a module.
    d_key, d_value
        Features of queries and keys, and of values, in each head.

    Examples
    --------
    >>> communicate = Communication(4, hidden=5, n_heads=2, d_key=6, d_value=12)
    >>> told = communicate(torch.randn(1, 4, 5), torch.tensor([[True, True, True, False]]))
    >>> told.values.shape, told.weights.shape  # case, head, module that reads, module that is read
    (torch.Size([1, 4, 5]), torch.Size([1, 2, 4, 4]))
    """

    def __init__(self, n_modules: int, *, hidden: int, n_heads: int, d_key: int, d_value: int) -> None:
        super().__init__()
        self.n_heads, self.sizes = n_heads, (d_key, d_key, d_value)
        self.W = ModulewiseLinear(n_modules, hidden, n_heads * sum(self.sizes), bias=False)
        self.W_out = ModulewiseLinear(n_modules, n_heads * d_value, hidden, bias=False)
        self.attention = Attention(ScaledDot(d_key, d_key))

    def forward(self, h: Float[Tensor, "case module hidden"], active: Bool[Tensor, "case module"]) -> Attended:
        """Return what each module is told, zeros for those that are not active."""
        q, k, v = self.W(h).unflatten(-1, (self.n_heads, -1)).transpose(1, 2).split(self.sizes, -1)
        giving = active[:, None, :, None]
        k, v = (torch.where(giving, x, x.detach()) for x in (k, v))
        attended = self.attention(q, k, v, asking=active.unsqueeze(1))
        return Attended(self.W_out(attended.values.transpose(1, 2).flatten(2)), lambda: attended.weights)
