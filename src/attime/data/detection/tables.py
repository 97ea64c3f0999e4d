"""Labelled series in tables: a column of labels beside those of values, and archives of two arrays."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.detection.labelled import LabelledSeries
from attime.data.forecasting.read import read_frame
from attime.data.limits import refuse_growth
from attime.data.text import shown
from attime.data.times import times_of
from attime.errors import DataError
from attime.names import name_hint

#: Names of a column of labels and of one of times, in lower case.
LABEL = ("label", "is_anomaly")
TIME = ("timestamp", "time")


def training_steps(path: str) -> int:
    """Return the N of ``tr_N`` in the name of a file.

    Raises
    ------
    DataError
        If there is none.

    Examples
    --------
    >>> training_steps("001_NAB_id_1_Facility_tr_1007_1st_2014.npz")
    1007
    """
    found = re.search(r"(?:^|_)tr_(\d+)", Path(path).name)
    if found is None:
        raise DataError(
            f"{path}: no tr_N in the name, expected the number of steps that may be learnt from, as in "
            "series_tr_500.csv; rename the file, or give n_train"
        )
    return int(found[1])


def read_npz_series(path: str, n_train: int | None = None) -> LabelledSeries:
    """Read the arrays ``data`` (time,) or (time, channel) and ``label`` (time,) of an .npz file.

    Raises
    ------
    DataError
        If one of them is not there, the file is damaged, or they cannot be used.
    """
    n_train = training_steps(path) if n_train is None else n_train
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        refuse_growth(path, Path(path).stat().st_size, size, remedy="save it by numpy.savez if that is meant")
        with np.load(path, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in ("data", "label") if name in arrays.files}
            known = arrays.files
    except DataError:
        raise
    except Exception as error:  # zipfile, its decompressors and numpy raise a dozen kinds over damaged bytes
        told = " ".join(str(error).split())[:200] or type(error).__name__
        raise DataError(
            f"{path}: cannot be read ({told}), expected an .npz file of numbers; check the path, or write it again"
        ) from error
    for name in ("data", "label"):
        if name not in found:
            raise DataError(f"{path}: no array {name!r}, expected data and label; {name_hint(name, known)}")
    return LabelledSeries.of(found["data"], found["label"], name=Path(path).stem, n_train=n_train)


def read_csv_series(path: str, n_train: int | None = None) -> LabelledSeries:
    """Read a CSV file with a column ``Label`` or ``is_anomaly``; a column ``timestamp`` holds times, others values.

    Raises
    ------
    DataError
        If there is no column of labels, a cell holds no number, or what is read cannot be used.
    """
    n_train = training_steps(path) if n_train is None else n_train
    return series_of(read_frame(path), path, n_train)


def series_of(frame: pd.DataFrame, path: str, n_train: int) -> LabelledSeries:
    """Return the columns of a table as a labelled series."""
    label = column_of(frame, LABEL, "labels", path)
    time = next((name for name in frame if str(name).lower() in TIME), None)
    values = frame.drop(columns=[label] if time is None else [label, time])
    if not values.shape[1]:
        raise DataError(f"{path}: no column beside {label!r}, expected at least one of values; add it")
    return LabelledSeries.of(
        numbers_of(values, path),
        frame[label].to_numpy(),
        name=_stem(path),
        n_train=n_train,
        times=None if time is None else stamps_of(frame[time], path),
        channels=tuple(map(str, values)),
    )


def column_of(frame: pd.DataFrame, names: tuple[str, ...], role: str, path: str) -> str:
    """Return the first column whose name, in lower case, is one of `names`.

    Raises
    ------
    DataError
        If there is none.
    """
    for name in map(str, frame):
        if name.lower() in names:
            return name
    raise DataError(
        f"{path}: no column of {role}, expected one named {' or '.join(map(repr, names))}; "
        f"{name_hint(names[0], map(str, frame))}"
    )


def numbers_of(frame: pd.DataFrame, path: str) -> Float64[np.ndarray, "time channel"]:
    """Return the numbers in a table.

    Raises
    ------
    DataError
        If a cell holds something else; the message names its column and row.
    """
    numbers = frame.apply(pd.to_numeric, errors="coerce")
    wrong = (numbers.isna() & frame.notna()).to_numpy()
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"{path}: column {shown(frame.columns[column])}, row {row} (counting from 0, without the header) holds "
            f"{shown(frame.iat[row, column])}, expected a number; correct it, or leave it empty if nothing was measured"
        )
    return numbers.to_numpy(dtype=np.float64)


def stamps_of(column: pd.Series, path: str) -> Shaped[np.ndarray, " time"]:
    """Return times as numbers or dates, whichever they are.

    Raises
    ------
    DataError
        If they are neither.
    """
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy()
    seconds = times_of(
        column.astype(object).to_numpy(), lambda row, message: DataError(f"{path}, row {row} (from 0): {message}")
    )
    return (seconds * 1e6).round().astype("datetime64[us]")


def _stem(path: str) -> str:
    return Path(path).name.removesuffix(".gz").rsplit(".", 1)[0]
