"""Cases as tensors: what the loop walks over in batches, in training and in prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor

from attime.errors import DataError

FARTHEST = 1e18  # a scaled number whose square is still one of 32 bits


class Batches:
    """What all collections of cases share: they can be gone through in batches."""

    def __len__(self) -> int:
        raise NotImplementedError

    @property
    def inputs(self) -> tuple[Tensor | None, ...]:
        """What the network is called with, in the order of its arguments."""
        raise NotImplementedError

    @property
    def targets(self) -> Any:
        """What the loss compares the output with."""
        raise NotImplementedError

    def take(self, which: slice | Tensor, device: torch.device) -> Self:
        """Return some of the cases, on a device."""
        raise NotImplementedError

    def batches(self, size: int, device: torch.device) -> Iterator[Self]:
        """Go through the cases in their order."""
        for start in range(0, len(self), size):
            yield self.take(slice(start, start + size), device)

    def shuffled_batches(self, size: int | None, device: torch.device) -> Iterator[Self]:
        """Go through the cases in random order, in batches of equal size or one less than that."""
        for which in torch.randperm(len(self)).tensor_split(n_batches(len(self), size)):
            yield self.take(which, device)


@dataclass(frozen=True, eq=False)
class Cases(Batches):
    """Series with their masks, and what is to be learned of each.

    Attributes
    ----------
    values
        The series, shape (case, channel, time); zero where nothing was observed.
    observed
        False for padding and missing values.
    classes
        The class of each case; None in prediction.
    times
        When each step was measured, in typical steps since the first; None where steps are at equal distances.
    numbers
        The number of each case, where that is to be learnt in place of a class.
    static
        The coded static covariates of each case; None where the network gets none.
    """

    values: Float[Tensor, "case channel time"]
    observed: Bool[Tensor, "case channel time"]
    classes: Int[Tensor, " case"] | None = None
    times: Float[Tensor, "case time"] | None = None
    numbers: Float[Tensor, " case"] | None = None
    static: Float[Tensor, "case feature"] | None = None

    @classmethod
    def of(
        cls,
        values: Float[np.ndarray, "case channel time"],
        classes: Int[np.ndarray, " case"] | None = None,
        times: Float[np.ndarray, "case time"] | None = None,
        numbers: Float[np.ndarray, " case"] | None = None,
        static: Float[np.ndarray, "case feature"] | None = None,
    ) -> Cases:
        """Make tensors of arrays in which NaN stands for missing.

        Examples
        --------
        >>> Cases.of(np.array([[[1.0, np.nan]]], dtype=np.float32)).observed.tolist()
        [[[True, False]]]
        """
        observed = ~np.isnan(values)
        with np.errstate(over="ignore"):
            scaled = np.where(observed, values, 0).astype(np.float32)
        _refuse_far(scaled, "values")
        if static is not None:
            _refuse_far(static, "static covariates")
        return cls(
            torch.from_numpy(scaled),
            torch.from_numpy(observed),
            None if classes is None else torch.from_numpy(classes.astype(np.int64)),
            None if times is None else torch.from_numpy(times.astype(np.float32)),
            None if numbers is None else torch.from_numpy(numbers.astype(np.float32)),
            None if static is None else torch.from_numpy(static.astype(np.float32)),
        )

    def __len__(self) -> int:
        return len(self.values)

    @property
    def inputs(self) -> tuple[Tensor | None, ...]:
        """The values, which of them were observed, and their times and static covariates if there are any."""
        if self.static is not None:
            return self.values, self.observed, self.times, self.static
        return (self.values, self.observed) if self.times is None else (self.values, self.observed, self.times)

    @property
    def targets(self) -> Shaped[Tensor, " case"]:
        """The class of each case, or its number."""
        targets = self.classes if self.numbers is None else self.numbers
        assert targets is not None
        return targets

    def take(self, which: slice | Tensor, device: torch.device) -> Cases:
        """Return some of the cases, on a device."""
        classes, times, numbers, static = (
            None if part is None else part[which].to(device)
            for part in (self.classes, self.times, self.numbers, self.static)
        )
        return Cases(self.values[which].to(device), self.observed[which].to(device), classes, times, numbers, static)

    def joined(self, *others: Cases) -> Cases:
        """Return these cases and others after them."""
        names = ("values", "observed", "classes", "times", "numbers", "static")
        joined: dict[str, Any] = {}
        for name in names:
            parts = [getattr(cases, name) for cases in (self, *others)]
            joined[name] = None if any(part is None for part in parts) else torch.cat(parts)
        return Cases(**joined)

    def some(self, n_cases: int, rng: np.random.Generator) -> Cases:
        """Draw at most `n_cases` of these cases, every class in proportion; they stay in their order."""
        if len(self) <= n_cases:
            return self
        return self.take(drawn(self.targets, n_cases, rng), self.values.device)


def _refuse_far(numbers: Float[np.ndarray, "case ..."], what: str) -> None:
    far = (np.abs(numbers) > FARTHEST).reshape(len(numbers), -1).any(axis=1)
    if far.any():
        raise DataError(
            f"the {what} of case {far.argmax()} lie more than {FARTHEST:g} times as far out as those of training are "
            "spread, expected numbers that can be counted with in 32 bits; correct them"
        )


def drawn(targets: Shaped[Tensor, " case"], n_cases: int, rng: np.random.Generator) -> Int[Tensor, " chosen"]:
    """Return the places of `n_cases` cases that were drawn by chance, every class in proportion, ascending."""
    order = torch.from_numpy(rng.permutation(len(targets)))
    by_target = order[torch.argsort(targets[order], stable=True)]
    evenly = torch.linspace(0, len(targets) - 1, n_cases).round().long()
    return by_target[evenly].sort().values


def spread(targets: Shaped[Tensor, " case"], n_cases: int) -> Int[Tensor, " chosen"]:
    """Return the places of `n_cases` cases that stand for all: every class in proportion, evenly chosen.

    Examples
    --------
    >>> spread(torch.tensor([0, 1, 0, 1, 0, 1, 0, 1]), 4).tolist()
    [0, 3, 4, 7]
    """
    if len(targets) <= n_cases:
        return torch.arange(len(targets))
    evenly = torch.linspace(0, len(targets) - 1, n_cases).round().long()
    return torch.argsort(targets, stable=True)[evenly].sort().values


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
