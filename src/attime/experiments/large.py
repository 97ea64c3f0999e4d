"""Files to learn from, of any size: what is small is read, of what is large only what training asks for."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from jaxtyping import Int

from attime.data import SeriesSet, Shards, read, shards
from attime.data.shards import gathered

LARGE = 2**30  # bytes from which on a file is read in pieces
SHARE_FOR_TEST = 0.2
MOST_JUDGED = 2**23  # values of cases that are held back of what is large; more would say hardly more


@dataclass(frozen=True, eq=False)
class Given:
    """Cases to learn from.

    Attributes
    ----------
    told
        The cases with their labels; without a step of their values where these are in `files`.
    files
        What is too large to be read at once, or None.
    n_values
        How many values each case has.
    """

    told: SeriesSet
    files: Shards | None
    n_values: int

    @classmethod
    def read(cls, path: str | os.PathLike[str], *, target: str | None, static: Sequence[str]) -> Given:
        """Read a file, or of a folder, a pattern or a large file what stands beside the values."""
        name = os.fspath(path)
        if not _is_large(name):
            series = read(name, target=target, static=static)
            return cls(series, None, series.n_channels * series.n_steps)
        files = shards(name, target=target, static=static)
        labels: list[Any] = []
        channels: tuple[str, ...] = ()
        n_cases = n_values = 0
        for piece in files:
            labels.append(piece.labels)
            n_cases, n_values = n_cases + len(piece), max(n_values, piece.n_channels * piece.n_steps)
            channels = piece.channels
        told = SeriesSet(
            np.empty((n_cases, len(channels), 0)),
            None if any(part is None for part in labels) else np.concatenate(labels),
            channels=channels,
            source=name,
        )
        return cls(told, files, n_values)

    @property
    def to_fit(self) -> SeriesSet | Shards:
        """What an estimator is fitted to."""
        return self.told if self.files is None else self.files

    @property
    def share_for_test(self) -> float:
        """The share of the cases to hold back, to judge by."""
        if self.files is None:
            return SHARE_FOR_TEST
        return min(SHARE_FOR_TEST, MOST_JUDGED / (len(self.told) * self.n_values))

    def learnt(self, which: Int[np.ndarray, " kept"]) -> Given:
        """Return some of the cases."""
        files = None if self.files is None else replace(self.files, only=_mask(which, len(self.told)))
        return Given(self.told[which], files, self.n_values)

    def judged(self, which: Int[np.ndarray, " held_out"]) -> SeriesSet:
        """Return some of the cases with their values, in memory."""
        if self.files is None:
            return self.told[which]
        with TemporaryDirectory(prefix="attime-") as folder:
            series = gathered(replace(self.files, only=_mask(which, len(self.told))), folder)
            times = None if series.times is None else np.array(series.times)
            return replace(series, values=np.array(series.values), times=times)


def _mask(which: Int[np.ndarray, " chosen"], n_cases: int) -> np.ndarray:
    mask = np.zeros(n_cases, dtype=bool)
    mask[which] = True
    return mask


def _is_large(name: str) -> bool:
    if os.path.isdir(name) or (glob.has_magic(name) and not os.path.exists(name)):
        return True
    return os.path.isfile(name) and os.path.getsize(name) > LARGE
