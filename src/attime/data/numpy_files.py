"""Files of numpy, .npz and .npy: arrays as they are, never pickled objects, so that no file can run anything."""

from __future__ import annotations

import math
import sys
import warnings
import zipfile
from collections.abc import Mapping
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
from attime.errors import DataError, OptionError
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
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.removesuffix(".npy"): name for name in archive.namelist()}
            suffix = _suffix(path, names, columns.part)
            arrays = {
                role: _member(archive, names[array + suffix], path)
                for array, role in ARRAYS.items()
                if array + suffix in names
            }
    except (DataError, OptionError):
        raise
    except Exception as error:  # zipfile and its decompressors raise a dozen kinds over damaged bytes
        raise _damaged(path, "an .npz file", error) from error
    return _series(path, arrays, columns)


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
    arrays = {"X": _file(Path(path))}
    pieces = Path(path).stem.split("_")
    beside = Path(path).with_name("_".join("y" if piece == "X" else piece for piece in pieces) + Path(path).suffix)
    if "X" in pieces and beside.exists():
        arrays["labels"] = _file(beside)
    return _series(path, arrays, columns)


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
    raise DataError(
        f"{path}: no array {'X' if part is None else f'X_{part}'}, expected series there and labels in y; "
        f"{name_hint('X', names)}"
    )


def _member(archive: zipfile.ZipFile, name: str, path: str) -> Shaped[np.ndarray, ...]:
    info = archive.getinfo(name)
    remedy = "save it by numpy.savez, without compression, if that is meant"
    refuse_growth(path, info.compress_size, info.file_size, remedy=remedy)
    with archive.open(name) as file:
        return _array(cast(BufferedIOBase, file), info.file_size, f"{path}, array {shown(name.removesuffix('.npy'))}")


def _file(path: Path) -> Shaped[np.ndarray, ...]:
    try:
        with path.open("rb") as file:
            return _array(file, path.stat().st_size, str(path))
    except DataError:
        raise
    except Exception as error:
        raise _damaged(str(path), "an .npy file", error) from error


def _array(file: BufferedIOBase, size: int, place: str) -> Shaped[np.ndarray, ...]:
    """Read an array whose header promises no more than `size` bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # headers of Python 2 are read with a warning
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
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
        file.seek(0)
        array: Shaped[np.ndarray, ...] = np.lib.format.read_array(file, allow_pickle=False)
    if dtype.kind == "U":  # numpy takes any number for a letter
        letters = array.astype(dtype.newbyteorder("=")).reshape(-1).view(np.uint32)
        if ((letters > sys.maxunicode) | (letters - 0xD800 < 0x800)).any():  # the second are halves of letters
            raise ValueError("letters that do not exist")
    return array


def _series(path: str, arrays: Arrays, columns: Columns) -> SeriesSet:
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
