"""Embeddings: what a network sees of a series before it encodes it."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F


class Values(nn.Module):
    """The values as they are; 0 where nothing was observed."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.n_features = n_channels

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Float[Tensor, "case feature time"]:
        """Return the values with every unobserved one set to zero."""
        return values.masked_fill(~observed, 0.0)


class ValuesAndDifferences(nn.Module):
    """The values beside their first differences, each case's differences brought to a root mean square of one.

    Where a curve bends, jumps or stands still is small in its values but plain in its differences. A difference is
    known only where both of its values are.

    Examples
    --------
    >>> x = torch.tensor([[[0.0, 2.0, 2.0, 2.0]]])
    >>> ValuesAndDifferences(1)(x, torch.ones(1, 1, 4, dtype=torch.bool))[0, 1].round(decimals=3).tolist()
    [0.0, 1.732, 0.0, 0.0]
    """

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.n_features = 2 * n_channels

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Float[Tensor, "case feature time"]:
        """Return values and differences, one behind the other on the feature axis."""
        values = values.masked_fill(~observed, 0.0)
        known = F.pad(observed[..., 1:] & observed[..., :-1], (1, 0))
        difference = F.pad(values[..., 1:] - values[..., :-1], (1, 0)).masked_fill(~known, 0.0)
        n_known = known.sum(-1, keepdim=True).clamp(min=1)
        root_mean_square = (difference.square().sum(-1, keepdim=True) / n_known).sqrt()
        return torch.cat([values, difference / (root_mean_square + 1e-6)], dim=1)
