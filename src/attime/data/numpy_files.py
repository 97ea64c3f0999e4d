"""Files of numpy, .npz and .npy: arrays as they are, never pickled objects, so that no file can run anything."""

from __future__ import annotations

import math
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.header import Columns
from attime.data.limits import refuse_growth
from attime.data.series import SeriesSet
from attime.data.static import as_static, to_words
from attime.data.text import shown
from attime.errors import AttimeError, DataError, OptionError
from attime.files import whole_file
from attime.names import name_hint

#: The arrays of an .npz file that are read, and what they become. A part's name follows: ``X_train``.
ARRAYS = {
    "X": "X",
    "y": "labels",
    "truth": "truth",
    "times": "times",
    "channels": "channels",
    "static": "static",
    "static_names": "static_names",
}

#: The kinds of data, as numpy names them, of arrays that may hold more than numbers.
KINDS = {"labels": "biufU", "channels": "iuU", "static": "biufU", "static_names": "iuU"}

Arrays = Mapping[str, Shaped[np.ndarray, "..."]]


def read_npz(path: str, columns: Columns) -> SeriesSet:
    """Read the arrays ``X`` and ``y`` of an .npz file, or of a part such as "train": ``X_train`` and ``y_train``.

    ``X`` has the shape (case, time) or (case, channel, time), shorter series end in NaN. Arrays ``truth``, ``times``,
    ``channels``, ``static`` (case, column) and ``static_names`` are read, too, if there are any; others are not looked
    at.

    Raises
    ------
    OptionError
        If a column of labels is asked for by name, or there is no such part.
    DataError
        If the file is damaged, lacks ``X``, or its arrays cannot be used.
    """
    columns.refuse_target(path, "in the array y")
    with opened_npz(path) as archive:
        arrays = {role: member(archive, name, path) for role, name in members(archive, path, columns.part).items()}
    return series_of_arrays(path, arrays, columns)


def read_npy(path: str, columns: Columns) -> SeriesSet:
    """Read the array in ``X.npy``, and its labels from ``y.npy`` beside it if that is there.

    The name of the labels' file is that of the series with y for X: ``walks_X_train.npy`` goes with
    ``walks_y_train.npy``. Series in a file without an X in its name have no labels.

    Raises
    ------
    OptionError
        If a column of labels is asked for by name.
    DataError
        If one of the files is damaged, or its array cannot be used.
    """
    columns.refuse_target(path, "in the file y.npy beside X.npy")
    arrays = {"X": whole_array(Path(path))}
    beside = labels_beside(Path(path))
    if beside is not None:
        arrays["labels"] = whole_array(beside)
    return series_of_arrays(path, arrays, columns)


def labels_beside(path: Path) -> Path | None:
    """Return the file of the labels that go with a file of series, if there is one."""
    words = path.stem.split("_")
    beside = path.with_name("_".join("y" if word == "X" else word for word in words) + path.suffix)
    return beside if "X" in words and beside.exists() else None


def write_npz(series: SeriesSet, path: str, target: str) -> None:
    """Write all that a set of series holds but its source and steps, compressed.

    Raises
    ------
    DataError
        If labels or static covariates are such that `read_npz` would not give them back.
    """
    del target  # has no name in this form
    if series.labels is not None and series.labels.dtype.kind not in KINDS["labels"]:
        raise DataError(
            f"{path}: labels of type {series.labels.dtype} arrived, expected numbers or words; convert them"
        )
    arrays = {"X": series.values, "y": series.labels, "truth": series.truth, "times": series.times}
    named: dict[str, Any] = {name: array for name, array in arrays.items() if array is not None}
    if series.static is not None:
        words = to_words(series.static, path)
        named |= {"static": np.array([*words.values()]).T, "static_names": np.array([*words])}
    with whole_file(path) as unfinished, unfinished.open("wb") as file:
        np.savez_compressed(file, channels=np.array(series.channels), **named)


@contextmanager
def opened_npz(path: str) -> Iterator[zipfile.ZipFile]:
    """Give the archive, and turn what goes wrong with it into one error."""
    with telling_arrays(path, "an .npz file"), zipfile.ZipFile(path) as archive:
        yield archive


@contextmanager
def telling_arrays(path: str, what: str) -> Iterator[None]:
    """Turn what goes wrong when `what` at `path` is read into a DataError that says so."""
    try:
        yield
    except (AttimeError, MemoryError):
        raise
    except Exception as error:  # zipfile and its decompressors raise a dozen kinds over damaged bytes
        raise _damaged(path, what, error) from error


def members(archive: zipfile.ZipFile, path: str, part: str | None) -> dict[str, str]:
    """Return which member of the archive plays which role."""
    names = {name.removesuffix(".npy"): name for name in archive.namelist()}
    suffix = _suffix(path, names, part)
    return {role: names[array + suffix] for array, role in ARRAYS.items() if array + suffix in names}


def _suffix(path: str, names: Mapping[str, str], part: str | None) -> str:
    """Return what follows ``X`` in the name of the array that is wanted."""
    parts = [name[2:] for name in names if name.startswith("X_")]
    if part is None and "X" in names:
        return ""
    if part in parts:
        return f"_{part}"
    if parts:
        arrived = "no part was named" if part is None else f"part={shown(part)} arrived"
        raise OptionError(
            f"{path}: {arrived}, expected one of {', '.join(parts)[:200]}; say part={shown(parts[0])}, for example"
        )
    if "X" in names:
        raise OptionError(f"{path}: part={shown(part)} arrived, but its series are in no parts; leave it out")
    raise DataError(
        f"{path}: no array {'X' if part is None else f'X_{part}'}, expected series there and labels in y; "
        f"{name_hint('X', names)}"
    )


def member(archive: zipfile.ZipFile, name: str, path: str) -> Shaped[np.ndarray, ...]:
    """Read an array of an archive."""
    info = archive.getinfo(name)
    remedy = "save it by numpy.savez, without compression, if that is meant"
    refuse_growth(path, info.compress_size, info.file_size, remedy=remedy)
    with archive.open(name) as file:
        return _array(cast(BufferedIOBase, file), info.file_size, f"{path}, array {shown(name.removesuffix('.npy'))}")


def whole_array(path: Path) -> Shaped[np.ndarray, ...]:
    """Read an .npy file."""
    with telling_arrays(str(path), "an .npy file"), path.open("rb") as file:
        return _array(file, path.stat().st_size, str(path))


def _array(file: BufferedIOBase, size: int, place: str) -> Shaped[np.ndarray, ...]:
    """Read an array whose header promises no more than `size` bytes."""
    dtype = array_header(file, size, place).dtype
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: Shaped[np.ndarray, ...] = np.lib.format.read_array(file, allow_pickle=False)
    if dtype.kind == "U":  # numpy takes any number for a letter
        letters = array.astype(dtype.newbyteorder("=")).reshape(-1).view(np.uint32)
        if ((letters > sys.maxunicode) | (letters - 0xD800 < 0x800)).any():  # the second are halves of letters
            raise ValueError("letters that do not exist")
    return array


@dataclass(frozen=True)
class ArrayHeader:
    """What the first bytes of an array say of those that follow."""

    shape: tuple[int, ...]
    by_columns: bool
    dtype: np.dtype[Any]


def array_header(file: BufferedIOBase, size: int, place: str) -> ArrayHeader:
    """Read the header of an array, which may promise no more than `size` bytes; what follows are its numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # headers of Python 2 are read with a warning
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, by_columns, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"version {version} of the form")
    if dtype.hasobject:
        raise DataError(
            f"{place}: Python objects arrived, which could run anything when they are read; expected numbers, or "
            "words as labels; fill shorter series up with NaN and save one array"
        )
    if any(length < 0 for length in shape) or not dtype.itemsize:
        raise ValueError(f"shape {shape}, {dtype}")
    promised = math.prod(shape) * dtype.itemsize
    if promised > size:
        raise DataError(
            f"{place}: the header promises {promised:,} bytes, the file holds {size:,}; copy or write it again"
        )
    return ArrayHeader(shape, by_columns, dtype)


def series_of_arrays(path: str, arrays: Arrays, columns: Columns) -> SeriesSet:
    """Return the series that arrays by their roles make."""
    for role, array in arrays.items():
        if array.dtype.kind not in KINDS.get(role, "biuf"):
            raise DataError(
                f"{path}: {role} of type {array.dtype} arrived, expected numbers or words; convert them first"
            )
    channels = arrays.get("channels")
    if channels is not None and channels.ndim != 1:
        raise DataError(f"{path}: channels of shape {channels.shape} arrived, expected one name for each channel")
    return SeriesSet.of(
        arrays["X"],
        arrays.get("labels"),
        truth=arrays.get("truth"),
        times=arrays.get("times"),
        channels=None if channels is None else channels.tolist(),
        source=path,
        static=_static(path, arrays, columns),
    )


def _static(path: str, arrays: Arrays, columns: Columns) -> pd.DataFrame | None:
    if "static" not in arrays:
        columns.static_columns((), path)
        return None
    static, names = arrays["static"], arrays.get("static_names")
    frame = as_static(static, len(arrays["X"]), path)
    if names is not None:
        if names.shape != (frame.shape[1],):
            raise DataError(f"{path}: static_names of shape {names.shape} arrived, expected ({frame.shape[1]},)")
        frame = as_static(frame.set_axis(names.tolist(), axis=1), len(frame), path)
    return frame[[*columns.static_columns(tuple(frame.columns), path)]] if columns.static else frame


def _damaged(path: str, what: str, error: Exception) -> DataError:
    if isinstance(error, OSError) and error.strerror:
        return DataError(f"{path}: cannot be read ({error.strerror}), expected a file; check the path")
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return DataError(f"{path}: not a whole file ({reason}), expected {what}; copy or write it again")
