"""All pieces as one set of series whose values lie in a file, not in memory: written once, then mapped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.series import SeriesSet
from attime.data.shards.pieces import Shards
from attime.data.times import one_distance
from attime.errors import OutputError

#: Layouts whose pieces tell their length by the first of each file.
OF_ONE_LENGTH = ("npz", "npy", "wide", "ucr", "arff")


def gathered(shards: Shards, folder: str | os.PathLike[str]) -> SeriesSet:
    r"""Return all pieces as one set of series, the same that `read` would give; values and times are maps of files.

    Labels and static covariates are held in memory. The files, as large as the series are as numbers, stay in `folder`.

    Parameters
    ----------
    shards
        The pieces.
    folder
        An empty folder for the files.

    Raises
    ------
    DataError
        If a file cannot be used, or differs from the others.
    OutputError
        If the disk is full.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from attime.data import shards
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "walks.csv").write_text("class,0,1,2\nup,1,2,3\ndown,3,2,1\n")
    >>> gathered(shards(folder / "walks.csv", target="class"), folder)
    SeriesSet(2 cases, 1 channel, 3 steps, labelled, from ...walks.csv)
    """
    survey = Survey.of(shards)
    labels: list[Any] = []
    static: list[Any] = []
    channels: tuple[str, ...] = ()
    place = Path(folder)
    with ArrayFile.new(place / "values", survey.dtype) as values, ArrayFile.new(place / "times", np.float64) as times:
        for piece in shards:
            channels = piece.channels
            values.add(_filled_up(piece.values, survey.n_steps, np.nan))
            if survey.has_times and piece.times is not None:
                times.add(_filled_up(piece.times, survey.n_steps, piece.times[:, -1:]))
            labels.append(piece.labels)
            static.append(piece.static)
    return SeriesSet(
        values=values.mapped(),
        labels=None if any(part is None for part in labels) else np.concatenate(labels),
        channels=channels,
        source=shards.path,
        times=times.mapped() if survey.has_times else None,
        static=None if static[0] is None else pd.concat(static, ignore_index=True),
    )


@dataclass(frozen=True)
class Survey:
    """What has to be known of all pieces before the first can be written.

    Attributes
    ----------
    n_steps
        The length of the longest series.
    dtype
        Of the values.
    has_times
        Whether times tell anything.
    """

    n_steps: int
    dtype: np.dtype[Any]
    has_times: bool

    @classmethod
    def of(cls, shards: Shards) -> Survey:
        """Look at all pieces, or at the first of each file where all of a file are alike."""
        n_steps, dtypes, has_times = 0, [], False
        shortest, longest = np.inf, 0.0
        for piece in _heads(shards):
            n_steps = max(n_steps, piece.n_steps)
            dtypes.append(piece.values.dtype)
            if piece.times is not None:
                distances = np.diff(piece.times, axis=1)
                distances = distances[distances > 0]
                shortest, longest = distances.min(initial=shortest), distances.max(initial=longest)
                has_times = has_times or shards.layout == "npz"
        has_times = has_times or not one_distance(float(shortest), float(longest))
        return cls(n_steps, np.result_type(*dtypes), has_times)


def _heads(shards: Shards) -> Iterator[SeriesSet]:
    for path in shards.files:
        file = shards.open(path)
        alike = file.one_length or shards.layout in OF_ONE_LENGTH
        for piece in file.read():
            yield piece
            if alike:
                break


class ArrayFile:
    """A file of an array that grows by its first axis, and is mapped into memory when it is complete.

    It is written, not mapped, while it grows: a full disk is then an error, and not the end of the process.

    Parameters
    ----------
    path
        The file.
    file
        The same, opened.
    dtype
        Of the numbers.
    """

    def __init__(self, path: Path, file: IO[bytes], dtype: Any) -> None:
        self.path, self.file, self.dtype = path, file, np.dtype(dtype)
        self.shape: tuple[int, ...] = ()

    @classmethod
    @contextmanager
    def new(cls, path: Path, dtype: Any) -> Iterator[ArrayFile]:
        """Give a new one to add to; errors of writing are told with a remedy."""
        try:
            with path.open("wb") as file:
                yield cls(path, file, dtype)
        except OSError as error:
            if error.filename not in (None, str(path)):
                raise
            raise OutputError(
                f"{path}: cannot be written ({error.strerror or error}); make room, or set TMPDIR to a larger disk"
            ) from error

    def add(self, rows: Shaped[np.ndarray, "case ..."]) -> None:
        """Write more cases."""
        self.file.write(np.ascontiguousarray(rows, dtype=self.dtype).data)
        self.shape = (len(rows) + (self.shape[0] if self.shape else 0), *rows.shape[1:])

    def mapped(self, mode: Literal["r", "r+"] = "r") -> np.memmap[Any, Any]:
        """Return the whole array, to be read, or to be read by torch, which wants it to be writable (``"r+"``)."""
        return np.memmap(self.path, dtype=self.dtype, mode=mode, shape=self.shape)


def _filled_up(rows: Shaped[np.ndarray, "case ..."], n_steps: int, filling: Any) -> Shaped[np.ndarray, "case ..."]:
    """Return rows with so many steps."""
    if rows.shape[-1] == n_steps:
        return rows
    full = np.empty((*rows.shape[:-1], n_steps), dtype=rows.dtype)
    full[..., : rows.shape[-1]] = rows
    full[..., rows.shape[-1] :] = filling
    return full
