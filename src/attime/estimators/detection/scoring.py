"""What every model of a detector gives: for each step how unusual it is, in parts that are then fused to one score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float64, Int64
from torch import Tensor, nn

#: How unusual each step is: for each group of channels, in each view. NaN where nothing can be said.
Energies = Float64[np.ndarray, "time group view"]
#: The same for windows: for each of their steps, or once for all of them.
WindowEnergies = Float64[np.ndarray, "window step group view"]
Values = Float64[np.ndarray, "channel time"]
#: How unusual windows are, from their values and which of these are there.
Ask = Callable[[Tensor, Tensor], WindowEnergies]


class Scorer(Protocol):
    """A model that looks at windows; fitted, or to be fitted, to series on a common scale.

    Attributes
    ----------
    window, stride
        Steps of a window, and from one window to the next.
    are_distances
        Whether energies begin at zero, or lie on a scale without a beginning.
    """

    window: int
    are_distances: bool

    @property
    def stride(self) -> int:
        """Steps from one window to the next."""
        ...

    @property
    def module(self) -> nn.Module:
        """The network."""
        ...

    @property
    def groups(self) -> tuple[str, ...]:
        """What is judged beside each channel."""
        ...

    def fit(self, series: Sequence[Values]) -> list[Energies]:
        """Learn from series, and return for each the energies of steps that were not learnt from, NaN elsewhere."""
        ...

    def ask(self, windows: Tensor, present: Tensor) -> WindowEnergies:
        """Return how unusual windows are, of shape (window, channel, step), zero where missing."""
        ...


def energies_of(scorer: Scorer, values: Values, ask: Ask | None = None) -> Energies:
    """Return how unusual each step of a series is: the mean over the windows that cover it.

    What windows are asked is the scorer's own question, unless another is given.
    """
    n_steps = values.shape[1]
    windows, present = windows_of(values, scorer.window)
    starts = starts_of(len(windows), scorer.stride)
    found = (ask or scorer.ask)(*at(windows, present, starts))
    return over_steps(found, starts, max(n_steps, scorer.window), scorer.window)[:n_steps]


def at(windows: Tensor, present: Tensor, starts: Int64[np.ndarray, " window"]) -> tuple[Tensor, Tensor]:
    """Return the windows that begin there, not copied if these are all."""
    if len(starts) == len(windows):
        return windows, present
    return windows[torch.from_numpy(starts)], present[torch.from_numpy(starts)]


def starts_of(n_windows: int, stride: int) -> Int64[np.ndarray, " window"]:
    """Return where windows begin: every so many steps, and the last one.

    Examples
    --------
    >>> starts_of(8, 3)
    array([0, 3, 6, 7])
    """
    return np.unique(np.append(np.arange(0, n_windows, stride), n_windows - 1))


def windows_of(values: Values, window: int) -> tuple[Tensor, Tensor]:
    """Return every window of a series and which of its values are there, not copied; of a shorter series one window."""
    padded = np.pad(values, ((0, 0), (0, max(window - values.shape[1], 0))), constant_values=np.nan)
    present = torch.from_numpy(~np.isnan(padded))
    numbers = torch.from_numpy(np.nan_to_num(padded)).float()
    return numbers.unfold(1, window, 1).transpose(0, 1), present.unfold(1, window, 1).transpose(0, 1)


def over_steps(found: WindowEnergies, starts: Int64[np.ndarray, " window"], n_steps: int, window: int) -> Energies:
    """Give every step the mean of the windows that cover it.

    Examples
    --------
    >>> over_steps(np.array([0.0, 1.0]).reshape(2, 1, 1, 1), np.array([0, 1]), n_steps=3, window=2).ravel()
    array([0. , 0.5, 1. ])
    """
    known = ~np.isnan(found)
    sums = np.zeros((n_steps + 1, *found.shape[2:]))
    counts = np.zeros_like(sums)
    for total, part in ((sums, np.where(known, found, 0.0)), (counts, known.astype(np.float64))):
        if found.shape[1] == 1:  # one number for all steps of a window: added where it begins, taken off where it ends
            total[starts] += part[:, 0]
            total[starts + window] -= part[:, 0]
            np.cumsum(total, axis=0, out=total)
        else:
            for step in range(window):
                total[starts + step] += part[:, step]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[:-1] / np.round(counts[:-1])


def held_out_blocks(lengths: Sequence[int], n_blocks: int, shortest: int) -> list[tuple[int, int, int]]:
    """Cut series into blocks (series, first step, step after the last): each whole, if there are so many series.

    Examples
    --------
    >>> held_out_blocks([10], 5, shortest=2)
    [(0, 0, 2), (0, 2, 4), (0, 4, 6), (0, 6, 8), (0, 8, 10)]
    >>> held_out_blocks([7, 9, 8], 3, shortest=2)
    [(0, 0, 7), (1, 0, 9), (2, 0, 8)]
    """
    blocks = []
    for owner, length in enumerate(lengths):
        n_own = 1 if len(lengths) >= n_blocks else max(min(n_blocks, length // shortest), 1)
        edges = np.linspace(0, length, n_own + 1).astype(int).tolist()
        blocks += [(owner, begin, end) for begin, end in pairwise(edges)]
    return blocks
