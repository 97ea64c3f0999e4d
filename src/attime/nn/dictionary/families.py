"""Families by name: which codebooks look at which view, and over what stretches of a series they count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from attime.nn.dictionary.codebook import TAPS, Codebook, Levels, Winners, contrasts
from attime.nn.dictionary.family import Family
from attime.nn.dictionary.pairs import Pairs, pairs_of

FULL_CHANNELS = 4  # with more channels than these, each is asked by fewer kernels, so that the whole stays as large


@dataclass(frozen=True)
class Sizes:
    """What codebooks are made to measure by.

    Attributes
    ----------
    n_channels, n_classes, n_steps
        Of the series.
    n_dilations
        Distances of the taps, at most.
    """

    n_channels: int
    n_classes: int
    n_steps: int
    n_dilations: int

    @property
    def dilations(self) -> tuple[int, ...]:
        """Distances of the taps, by equal ratios, from one step to where a kernel spans a series."""
        widest = max(1.0, (self.n_steps - 1) / (TAPS - 1))
        powers = (number / max(1, self.n_dilations - 1) for number in range(self.n_dilations))
        return tuple(sorted({int(widest**power) for power in powers}))

    def fewer(self, n_kernels: int) -> int:
        """Return how many of so many kernels each channel gets."""
        return max(1, min(n_kernels, n_kernels * FULL_CHANNELS // self.n_channels))


@dataclass(frozen=True)
class Plan:
    """A family before sizes are known.

    Attributes
    ----------
    view, books
        What is looked at, and by what.
    n_stretches
        Into how many stretches a series is cut.
    of_pairs
        Whether it looks at differences of channels; with one channel there are none.
    """

    view: str
    books: Callable[[Sizes], list[Codebook]]
    n_stretches: int = 1
    of_pairs: bool = False

    def build(self, sizes: Sizes) -> Family:
        """Return the family, all of whose words are worth nothing yet."""
        kind, asked = Family, sizes
        if self.of_pairs:
            kind, asked = Pairs, replace(sizes, n_channels=len(pairs_of(sizes.n_channels)))
        return kind(
            self.view,
            self.books(asked),
            n_stretches=min(self.n_stretches, sizes.n_steps),
            n_channels=sizes.n_channels,
            n_classes=sizes.n_classes,
        )


def levels(n_levels: int) -> Callable[[Sizes], list[Codebook]]:
    """Return what makes levels of the answers of MiniRocket's kernels, or of some of them evenly chosen."""

    def books(sizes: Sizes) -> list[Codebook]:
        kernels = contrasts()
        n_kernels = sizes.fewer(len(kernels))
        chosen = kernels[torch.arange(n_kernels) * len(kernels) // n_kernels]
        return [
            Levels(chosen, n_channels=sizes.n_channels, dilation=dilation, n_levels=n_levels)
            for dilation in sizes.dilations
        ]

    return books


def winners(n_groups: int) -> Callable[[Sizes], list[Codebook]]:
    """Return what makes groups of eight random kernels of which one wins at each step."""

    def books(sizes: Sizes) -> list[Codebook]:
        generator = torch.Generator().manual_seed(0)  # which kernels are drawn belongs to the description
        n_groups_each = sizes.fewer(n_groups)
        return [Winners(n_groups=n_groups_each, dilation=dilation, generator=generator) for dilation in sizes.dilations]

    return books


def bare_levels(sizes: Sizes) -> list[Codebook]:
    """Return the levels of the view itself, with no kernel."""
    return [Levels(torch.ones(1, 1), n_channels=sizes.n_channels)]


FAMILIES: dict[str, Plan] = {
    "levels": Plan("values", levels(16)),
    "levels_of_differences": Plan("differences", levels(16)),
    "levels_of_second_differences": Plan("second_differences", levels(16)),
    "levels_of_sums": Plan("sums", levels(16)),
    "levels_by_quarter": Plan("values", levels(8), 4),
    "levels_of_differences_by_quarter": Plan("differences", levels(8), 4),
    "winners": Plan("values", winners(32)),
    "winners_of_differences": Plan("differences", winners(32)),
    "winners_of_second_differences": Plan("second_differences", winners(32)),
    "winners_of_sums": Plan("sums", winners(32)),
    "values": Plan("values", bare_levels),
    "values_by_quarter": Plan("values", bare_levels, 4),
    "values_by_16th": Plan("values", bare_levels, 16),
    "pairs": Plan("values", bare_levels, of_pairs=True),
    "pairs_by_16th": Plan("values", bare_levels, 16, of_pairs=True),
}
