"""Arrays of numpy in pieces: rows of ``X`` are read one after the other, out of an .npy file or out of an archive."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import numpy as np
from jaxtyping import Shaped

from attime.data.header import Columns
from attime.data.numpy_files import (
    ArrayHeader,
    array_header,
    labels_beside,
    member,
    members,
    opened_npz,
    read_npy,
    read_npz,
    series_of_arrays,
    telling_arrays,
    whole_array,
)
from attime.data.series import SeriesSet
from attime.data.shards.file import ShardFile
from attime.data.shards.tables import together
from attime.errors import DataError

#: Arrays that grow with the steps; all others are small, and held whole.
BY_ROWS = ("X", "truth", "times")


@dataclass(frozen=True)
class _Source:
    """An array that lies somewhere: its header, and what opens it."""

    header: ArrayHeader
    open: Callable[[], BufferedIOBase]
    place: str

    def rows(self, n_rows: int) -> Iterator[Shaped[np.ndarray, ...]]:
        """Read the array, so many rows at a time."""
        shape, dtype = self.header.shape, self.header.dtype
        with self.open() as file:
            array_header(file, 2**62, self.place)  # to go where the numbers begin
            for first in range(0, shape[0], n_rows):
                wanted = (min(n_rows, shape[0] - first), *shape[1:])
                raw = file.read(math.prod(wanted) * dtype.itemsize)
                yield np.frombuffer(raw, dtype=dtype, count=math.prod(wanted)).reshape(wanted)


def open_npz(path: str, columns: Columns, n_numbers: int) -> ShardFile:
    """Return how an .npz file is read; what is not compressed and what is are both read from front to back."""
    columns.refuse_target(path, "in the array y")
    with opened_npz(path) as archive:
        names = members(archive, path, columns.part)
        sources = {role: _in_archive(archive, path, names[role]) for role in BY_ROWS if role in names}
        if _is_small(sources["X"], n_numbers):
            return ShardFile(path, lambda: iter([read_npz(path, columns)]), n_cases=_n_cases(sources["X"]))
        held = {role: member(archive, name, path) for role, name in names.items() if role not in BY_ROWS}
    return _file(path, sources, held, columns, n_numbers)


def open_npy(path: str, columns: Columns, n_numbers: int) -> ShardFile:
    """Return how an .npy file is read, and its labels beside it."""
    columns.refuse_target(path, "in the file y.npy beside X.npy")
    with telling_arrays(path, "an .npy file"), open(path, "rb") as file:
        header = array_header(file, Path(path).stat().st_size, path)
    source = _Source(header, lambda: cast(BufferedIOBase, open(path, "rb")), path)  # noqa: SIM115 - closed where its rows are read
    if _is_small(source, n_numbers):
        return ShardFile(path, lambda: iter([read_npy(path, columns)]), n_cases=_n_cases(source))
    beside = labels_beside(Path(path))
    held = {} if beside is None else {"labels": whole_array(beside)}
    return _file(path, {"X": source}, held, columns, n_numbers)


def _in_archive(archive: zipfile.ZipFile, path: str, name: str) -> _Source:
    place = f"{path}, array {name.removesuffix('.npy')!r}"
    with archive.open(name) as file:
        header = array_header(cast(BufferedIOBase, file), archive.getinfo(name).file_size, place)
    return _Source(header, lambda: cast(BufferedIOBase, zipfile.ZipFile(path).open(name)), place)


def _n_cases(source: _Source) -> int | None:
    return source.header.shape[0] if source.header.shape else None


def _is_small(source: _Source, n_numbers: int) -> bool:
    return math.prod(source.header.shape) <= n_numbers or len(source.header.shape) < 2


def _file(
    path: str,
    sources: Mapping[str, _Source],
    held: Mapping[str, Shaped[np.ndarray, ...]],
    columns: Columns,
    n_numbers: int,
) -> ShardFile:
    n_cases, *sizes = sources["X"].header.shape
    for role, source in sources.items():
        if source.header.by_columns:
            raise DataError(
                f"{source.place}: stored column by column, so that no case can be read without all others; save "
                "numpy.ascontiguousarray of it"
            )
        if source.header.shape[:1] != (n_cases,):
            raise DataError(f"{path}: {role} of shape {source.header.shape} arrived, expected {n_cases} cases as in X")
    for role in ("labels", "static"):
        if role in held and held[role].shape[:1] != (n_cases,):
            raise DataError(f"{path}: {role} of shape {held[role].shape} arrived, expected {n_cases} cases as in X")
    at_once = together(n_numbers // math.prod(sizes))
    return ShardFile(path, lambda: _pieces(path, sources, held, columns, at_once), n_cases=n_cases)


def _pieces(
    path: str,
    sources: Mapping[str, _Source],
    held: Mapping[str, Shaped[np.ndarray, ...]],
    columns: Columns,
    at_once: int,
) -> Iterator[SeriesSet]:
    with ExitStack() as opened:
        parts = {role: source.rows(at_once) for role, source in sources.items()}
        for part in parts.values():
            opened.callback(part.close)  # type: ignore[attr-defined]
        for first in range(0, sources["X"].header.shape[0], at_once):
            with telling_arrays(path, "a file of arrays"):
                arrays = {role: next(part) for role, part in parts.items()}
            for role, whole in held.items():
                arrays[role] = whole[first : first + at_once] if role in ("labels", "static") else whole
            yield series_of_arrays(path, arrays, columns)
