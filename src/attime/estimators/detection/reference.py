"""Reference attention as a scorer: the keys are windows of the training part, or a few that stand for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor

from attime.estimators.detection.scoring import (
    Energies,
    Values,
    WindowEnergies,
    energies_of,
    held_out_blocks,
    windows_of,
)
from attime.nn.reference import VIEWS, ReferenceAttention, farthest_first
from attime.training import History

MOST_KEYS = 1024
MOST_CANDIDATES = 20_000  # windows among which keys are looked for
OVERLAP = 32  # windows that cover a step
BLOCKS = 5  # of the training part: each is compared with keys of the others, to know what normal distances are


@dataclass
class ReferenceScorer:
    """Distances of windows to the nearest of those learnt from, in several views.

    Parameters
    ----------
    window
        Steps of a window.
    views
        Names in ``attime.nn.reference.VIEWS``.
    n_nearest
        Keys that are looked at.
    most_keys
        Windows that are kept; of more, those farthest from each other.
    """

    window: int
    views: tuple[str, ...] = tuple(VIEWS)
    n_nearest: int = 3
    most_keys: int = MOST_KEYS
    module: ReferenceAttention = field(init=False)
    are_distances: bool = field(default=True, init=False)
    histories: tuple[History, ...] = field(default=(), init=False)  # nothing is trained

    @property
    def stride(self) -> int:
        """Steps from one window that asks to the next: neighbours say nearly the same."""
        return max(1, self.window // OVERLAP)

    @property
    def groups(self) -> tuple[str, ...]:
        """What is compared beside each channel."""
        return ("all jointly",) if self.module.n_channels > 1 else ()

    def fit(self, series: Sequence[Values]) -> list[Energies]:
        """Keep windows, and return the energies of each block of the series by keys of the other blocks."""
        self._keep(series)
        return self._left_out(series, first=0)

    def add(self, series: Sequence[Values]) -> list[Energies]:
        """Keep windows of further series as well, and return their energies by all keys but those of the same block."""
        first = int(self.module.owners.max()) + 1
        self._keep(series, beside=self.module)
        return self._left_out(series, first=first)

    def ask(self, windows: Tensor, present: Tensor, keys: Tensor | None = None) -> WindowEnergies:
        """Return the distance of each window; from some of the keys only, if these are given."""
        return self.module(windows, present, keys).double().numpy()[:, np.newaxis]

    def _some(self, keys: Tensor, present: Tensor) -> Tensor:
        """Choose keys in each fifth by itself: what is left without one of them then still covers what is usual."""
        n_present = present.sum(-1, keepdim=True).clamp(min=1)
        filled = torch.where(present, keys, keys.sum(-1, keepdim=True) / n_present)  # gaps are nothing new
        parts = torch.arange(len(keys)).tensor_split(BLOCKS)
        n_each = self.most_keys // BLOCKS
        return torch.cat([part[farthest_first(filled[part].flatten(1), n_each)] for part in parts])

    def _left_out(self, series: Sequence[Values], *, first: int) -> list[Energies]:
        """Return energies by keys of other blocks; `first` is the owner of the keys of the first of these series."""
        module = self.module
        found = [np.full((values.shape[1], module.n_groups, len(self.views)), np.nan) for values in series]
        for owner, begin, end in held_out_blocks([values.shape[1] for values in series], BLOCKS, self.window):
            own = module.owners == owner + first
            overlaps = own & (module.starts > begin - self.window) & (module.starts < end)
            others = torch.nonzero(~overlaps).flatten()
            if len(others):
                found[owner][begin:end] = energies_of(self, series[owner][:, begin:end], partial(self.ask, keys=others))
        return found

    def _keep(self, series: Sequence[Values], *, beside: ReferenceAttention | None = None) -> None:
        """Take the windows of these series as keys, and those that there are already."""
        cut = [windows_of(values, self.window) for values in series]
        owners = torch.cat([torch.full((len(part),), number) for number, (part, _) in enumerate(cut)])
        starts = torch.cat([torch.arange(len(part)) for part, _ in cut])
        evenly = torch.linspace(0, len(owners) - 1, min(MOST_CANDIDATES, len(owners))).round().long()
        owners, starts = owners[evenly], starts[evenly]
        keys, present = (
            torch.cat([part[which][starts[owners == number]] for number, part in enumerate(cut)]) for which in (0, 1)
        )
        if beside is not None:
            keys, present = torch.cat([beside.keys, keys]), torch.cat([beside.present, present])
            owners = torch.cat([beside.owners, owners + 1 + int(beside.owners.max())])
            starts = torch.cat([beside.starts, starts])
        if len(keys) > self.most_keys:
            chosen = self._some(keys, present)
            keys, present, owners, starts = keys[chosen], present[chosen], owners[chosen], starts[chosen]
        self.module = ReferenceAttention(*keys.shape, views=self.views, n_nearest=self.n_nearest)
        for name, part in {"keys": keys, "present": present, "owners": owners, "starts": starts}.items():
            getattr(self.module, name).copy_(part)
