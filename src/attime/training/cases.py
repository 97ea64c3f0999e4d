"""Cases as tensors: what the loop walks over in batches, in training and in prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Cases:
    """Series with their masks, and what is to be learned of each.

    Attributes
    ----------
    values
        The series, shape (case, channel, time); zero where nothing was observed.
    observed
        False for padding and missing values.
    targets
        What is to be predicted for each case; None in prediction.
    """

    values: Float[Tensor, "case channel time"]
    observed: Bool[Tensor, "case channel time"]
    targets: Int[Tensor, " case"] | None = None

    @classmethod
    def of(
        cls, values: Float[np.ndarray, "case channel time"], targets: Int[np.ndarray, " case"] | None = None
    ) -> Cases:
        """Make tensors of arrays in which NaN stands for missing.

        Examples
        --------
        >>> Cases.of(np.array([[[1.0, np.nan]]], dtype=np.float32)).observed.tolist()
        [[[True, False]]]
        """
        observed = ~np.isnan(values)
        return cls(
            torch.from_numpy(np.where(observed, values, 0).astype(np.float32)),
            torch.from_numpy(observed),
            None if targets is None else torch.from_numpy(targets.astype(np.int64)),
        )

    def __len__(self) -> int:
        return len(self.values)

    def take(self, which: slice | Tensor, device: torch.device) -> Cases:
        """Return some of the cases, on a device."""
        targets = None if self.targets is None else self.targets[which].to(device)
        return Cases(self.values[which].to(device), self.observed[which].to(device), targets)

    def batches(self, size: int, device: torch.device) -> Iterator[Cases]:
        """Go through the cases in their order."""
        for start in range(0, len(self), size):
            yield self.take(slice(start, start + size), device)

    def shuffled_batches(self, size: int | None, device: torch.device) -> Iterator[Cases]:
        """Go through the cases in random order, in batches of equal size or one less than that."""
        for which in torch.randperm(len(self)).tensor_split(n_batches(len(self), size)):
            yield self.take(which, device)


def n_batches(n_cases: int, size: int | None) -> int:
    """Return how many batches of at most `size` cases there are.

    Without a size they have 64 cases at most, and there are at least eight of them, if that leaves eight cases to each.

    Examples
    --------
    >>> n_batches(7000, None), n_batches(100, None), n_batches(20, None), n_batches(100, 64)
    (110, 8, 2, 2)
    """
    if size is None:
        return max(1, -(-n_cases // 64), min(8, n_cases // 8))
    return -(-n_cases // size)
