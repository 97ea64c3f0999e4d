"""Embeddings: what a network sees of a series before it encodes it.

Where nothing was observed stands a zero, and if series have gaps the mask stands beside the values, so that a zero that
was measured can be told from one that was not.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F


class Embedding(nn.Module):
    """What all embeddings share: as many features as they say, the mask among them if they are to show it.

    Parameters
    ----------
    n_channels
        Channels of a series.
    show_mask
        Let the network see which values were observed.
    """

    views = 1

    def __init__(self, n_channels: int, *, show_mask: bool) -> None:
        super().__init__()
        self.show_mask = show_mask
        self.n_features = (self.views + show_mask) * n_channels

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Float[Tensor, "case feature time"]:
        """Return all views of the series, one behind the other on the feature axis."""
        views = self.look(values.masked_fill(~observed, 0.0), observed)
        return torch.cat([*views, observed.to(values.dtype)] if self.show_mask else views, dim=1)

    def look(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> list[Float[Tensor, "case channel time"]]:
        """Return the views; `values` are zero where nothing was observed."""
        raise NotImplementedError


class Values(Embedding):
    """The values as they are."""

    def look(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> list[Float[Tensor, "case channel time"]]:
        return [values]


class ValuesAndDifferences(Embedding):
    """The values beside their first differences, each case's differences brought to a root mean square of one.

    Where a curve bends, jumps or stands still is small in its values but plain in its differences. A difference is
    known only where both of its values are.

    Examples
    --------
    >>> x = torch.tensor([[[0.0, 2.0, 2.0, 2.0]]])
    >>> embedding = ValuesAndDifferences(1, show_mask=False)
    >>> embedding(x, torch.ones(1, 1, 4, dtype=torch.bool))[0, 1].round(decimals=3).tolist()
    [0.0, 1.732, 0.0, 0.0]
    """

    views = 2

    def look(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> list[Float[Tensor, "case channel time"]]:
        known = F.pad(observed[..., 1:] & observed[..., :-1], (1, 0))
        difference = F.pad(values[..., 1:] - values[..., :-1], (1, 0)).masked_fill(~known, 0.0)
        n_known = known.sum(-1, keepdim=True).clamp(min=1)
        root_mean_square = (difference.square().sum(-1, keepdim=True) / n_known).sqrt()
        return [values, difference / (root_mean_square + 1e-6)]
