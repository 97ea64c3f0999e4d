"""Windows as a view sees them, and which keys are near to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from attime.nn.reference.distance import ENOUGH, squared_distances


class Seen(NamedTuple):
    """The windows of one channel in a view, zero where missing; which of their steps are there; whether means count."""

    values: Float[Tensor, "window step"]
    present: Bool[Tensor, "window step"]
    centred: bool

    def squares(self, keys: Seen) -> Float[Tensor, "window key"]:
        """Return the mean squared differences to all keys."""
        return squared_distances(self.values, self.present, keys.values, keys.present, centred=self.centred)

    def difference(self, keys: Seen, near: Int[Tensor, "window nearest"]) -> Float[Tensor, "window nearest"]:
        """Return the mean squared difference to some keys over common steps; NaN where those are too few."""
        common = self.present.unsqueeze(1) & keys.present[near]
        n_common = common.sum(-1)
        difference = (self.values.unsqueeze(1) - keys.values[near]).masked_fill(~common, 0)
        found = difference.square().sum(-1) / n_common
        if self.centred:
            found = (found - (difference.sum(-1) / n_common).square()).clamp(min=0)
        return found.masked_fill(n_common < ENOUGH * common.shape[-1], torch.nan)


class Near(NamedTuple):
    """The keys nearest to windows, and their mean squared differences."""

    keys: Int[Tensor, "window nearest"]
    squares: Float[Tensor, "window nearest"]


def mean_of_known(every: Sequence[Float[Tensor, "window key"]]) -> Float[Tensor, "window key"]:
    """Return the mean over channels of what is finite; infinite where that are fewer than half of the channels."""
    total = torch.stack(list(every)).sum(0)
    if bool(total.isfinite().all()):
        return total.div_(len(every))
    known = torch.stack([squares.isfinite() for squares in every])
    n_known = known.sum(0)
    total = torch.stack(list(every)).masked_fill(~known, 0).sum(0)
    return (total / n_known).masked_fill(n_known < ENOUGH * len(every), torch.inf)
