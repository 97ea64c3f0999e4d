"""Dropout that leaves out the same of each case, whether one process has the whole batch or several a share of it."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.attention.batchwide import like_whole, own_rows, several_shares


class Dropout(nn.Dropout):
    """y = x · m / (1 − p), each m being 1 with probability 1 − p, else 0: torch's own, drawn for the whole batch."""

    def forward(self, x: Float[Tensor, "case ..."]) -> Float[Tensor, "case ..."]:
        if not self.training or not several_shares():
            return super().forward(x)
        return x * own_rows(super().forward(torch.ones_like(like_whole(x))))
