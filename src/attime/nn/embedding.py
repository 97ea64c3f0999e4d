"""Embeddings: what a network sees of a series before it encodes it, as one view beside the other.

Where nothing was observed stands a zero, and if series have gaps the mask stands beside the values, so that a zero that
was measured can be told from one that was not. What a view needs to know of a case, such as its mean, it takes from
what is observed: hide a part of what the network is given, and nothing of it is left in any view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from attime.errors import OptionError

TINY = 1e-6
OWN_SCALE_AT_LEAST = 1e-4  # deviation of a case, in those of the training set, below which it counts as constant


class View(nn.Module):
    """What all views share: from the values to as many numbers, zero where nothing is known."""

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take from the training cases what the view has to know; most have nothing to learn."""

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        steps: Int[Tensor, "#case time"],
    ) -> Float[Tensor, "case channel time"]:
        """Return the view.

        Parameters
        ----------
        values
            Zero where nothing was observed.
        observed
            Where something was observed.
        steps
            Which step of the series each one is.
        """
        raise NotImplementedError


class Values(View):
    """The values as they are."""

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        steps: Int[Tensor, "#case time"],
    ) -> Float[Tensor, "case channel time"]:
        return values


class Differences(View):
    """First differences, those of each case brought to a root mean square of one.

    Where a curve bends, jumps or stands still is small in its values but plain in its differences. A difference is
    known only where both of its values are.

    Examples
    --------
    >>> x = torch.tensor([[[0.0, 2.0, 2.0, 2.0]]])
    >>> Differences()(x, torch.ones(1, 1, 4, dtype=torch.bool), torch.arange(4)[None])[0].round(decimals=3).tolist()
    [[0.0, 1.732, 0.0, 0.0]]
    """

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        steps: Int[Tensor, "#case time"],
    ) -> Float[Tensor, "case channel time"]:
        known = F.pad(observed[..., 1:] & observed[..., :-1], (1, 0))
        difference = F.pad(values[..., 1:] - values[..., :-1], (1, 0)).masked_fill(~known, 0.0)
        return difference / (root_mean_square(difference, known) + TINY)


class Unusual(View):
    """How far a case, on its own scale, is from what is usual at the same step.

    Usual is the median of the training cases. Where series begin at the same point of what they follow (a day, a
    heartbeat), most of what they have in common is gone, and what is left is what is special about the case. Elsewhere
    the median is flat, and the view shows shape, whatever the level and the size of a case. Before comparing, the usual
    course is scaled over the very steps that are observed in the case. Steps that no training case had are as usual as
    can be.

    Parameters
    ----------
    n_channels, n_steps
        Size of the longest training series.
    """

    def __init__(self, n_channels: int, n_steps: int) -> None:
        super().__init__()
        self.register_buffer("usual", torch.zeros(n_channels, n_steps))
        self.register_buffer("known", torch.zeros(n_channels, n_steps, dtype=torch.bool))

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take the medians."""
        middle = own_scale(values, observed).masked_fill(~observed, torch.nan).nanmedian(dim=0).values
        self.known = observed.any(0)
        self.usual = middle.masked_fill(~self.known, 0.0)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        steps: Int[Tensor, "#case time"],
    ) -> Float[Tensor, "case channel time"]:
        n_steps = self.usual.shape[-1]
        inside = (steps >= 0) & (steps < n_steps)
        place = steps.clamp(0, n_steps - 1)
        known = observed & (self.known[:, place].transpose(0, 1) & inside.unsqueeze(1))
        usual = self.usual[:, place].transpose(0, 1).expand(values.shape)
        return (own_scale(values, known) - own_scale(usual, known)).masked_fill(~known, 0.0)


class Embedding(nn.Module):
    """All views of a series, one behind the other on the feature axis, the mask among them if it is to be shown.

    Parameters
    ----------
    views
        One at least.
    n_channels
        Channels of a series.
    show_mask
        Let the network see which values were observed.

    Examples
    --------
    >>> embedding = Embedding([Values(), Differences()], n_channels=2, show_mask=True)
    >>> embedding.n_features
    6
    >>> embedding(torch.zeros(1, 2, 9), torch.ones(1, 2, 9, dtype=torch.bool)).shape
    torch.Size([1, 6, 9])
    """

    def __init__(self, views: Sequence[View], *, n_channels: int, show_mask: bool) -> None:
        super().__init__()
        if not views:
            raise OptionError("an embedding without views arrived, expected one at least; give Values()")
        self.views: Iterable[View] = nn.ModuleList(views)  # type: ignore[assignment]
        self.show_mask = show_mask
        self.n_features = (len(views) + show_mask) * n_channels

    def learn(self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]) -> None:
        """Take from the training cases what the views have to know of them."""
        for view in self.views:
            view.learn(values.masked_fill(~observed, 0.0), observed)

    def forward(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Float[Tensor, "case feature time"]:
        """Return all views; `times` are in typical steps, and steps are at equal distances without them."""
        values = values.masked_fill(~observed, 0.0)
        steps = torch.arange(values.shape[-1], device=values.device)[None] if times is None else times.round().long()
        views = [view(values, observed, steps) for view in self.views]
        return torch.cat([*views, observed.to(values.dtype)] if self.show_mask else views, dim=1)


def root_mean_square(
    values: Float[Tensor, "case channel time"], known: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel 1"]:
    """Return the root mean square of the known values, which are zero elsewhere."""
    return (values.square().sum(-1, keepdim=True) / known.sum(-1, keepdim=True).clamp(min=1)).sqrt()


def own_scale(
    values: Float[Tensor, "case channel time"], known: Bool[Tensor, "case channel time"]
) -> Float[Tensor, "case channel time"]:
    """Return each case and channel with mean 0 and standard deviation 1 over what is known; zero elsewhere.

    Examples
    --------
    >>> x = torch.tensor([[[1.0, 3.0, 0.0]]])
    >>> own_scale(x, torch.tensor([[[True, True, False]]]))[0].round(decimals=1).tolist()
    [[-1.0, 1.0, 0.0]]
    """
    values = values.masked_fill(~known, 0.0)
    mean = values.sum(-1, keepdim=True) / known.sum(-1, keepdim=True).clamp(min=1)
    centred = (values - mean).masked_fill(~known, 0.0)
    return centred / (root_mean_square(centred, known) + OWN_SCALE_AT_LEAST)
