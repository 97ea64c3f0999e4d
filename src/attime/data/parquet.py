"""Reader of parquet files: a wide or a long table, by its columns."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.arrays import LARGEST
from attime.data.header import Columns
from attime.data.limits import refuse_growth
from attime.data.long import long_columns, series_of_long
from attime.data.series import SeriesSet
from attime.data.table import Table
from attime.data.wide import series_of_wide, wide_columns
from attime.errors import DataError, MissingExtraError

#: How pandas calls the columns in which it keeps an index without a name.
INDEX = "__index_level_"


def read_parquet(path: str, columns: Columns) -> SeriesSet:
    """Read a table with the columns of a long or a wide CSV file; null is a missing value.

    Raises
    ------
    MissingExtraError
        If ``pyarrow`` is not installed.
    DataError
        If the file is damaged or cannot be used; the message names row and column.
    """
    frame = parquet_frame(path)
    names = tuple(map(str, frame.columns))
    if len(set(names)) < len(names) or "" in names:
        raise DataError(
            f"{path}: columns {', '.join(names)[:200]} arrived, expected a different name for each; rename them"
        )
    long = columns.is_long(names, path)
    layout = (long_columns if long else wide_columns)(names, columns, path)
    table = Table(
        path=path,
        numbers=_numbers(path, frame.drop(columns=list(layout.words))),
        words={name: _words(frame[name]) for name in layout.words},
        place="row {} (counting from 0)".format,
    )
    return (series_of_long if long else series_of_wide)(table, layout, columns)


def parquet_frame(path: str) -> pd.DataFrame:
    """Return the table in a parquet file, less the index of pandas; errors as for `read_parquet`."""
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise MissingExtraError(
            f"{path}: parquet files need the package pyarrow, which is not installed: "
            "pip install 'attime[parquet]', or write the table as .csv"
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            about = file.metadata
            grown = 8 * about.num_rows * about.num_columns
            refuse_growth(path, os.path.getsize(path), grown, remedy="write it as .csv or .npz")
            frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    except DataError:
        raise
    except Exception as error:  # pyarrow raises a dozen kinds over damaged bytes
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path}: cannot be read ({reason}), expected a parquet file; copy or write it again"
        ) from error
    if frame.empty:
        raise DataError(f"{path}: the table is empty, expected data; check how it was written")
    return frame[[name for name in frame.columns if not str(name).startswith(INDEX)]]


def _numbers(path: str, frame: pd.DataFrame) -> Float64[np.ndarray, "row column"]:
    numbers = np.empty(frame.shape)
    for place, name in enumerate(frame.columns):
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column) or column.dtype.kind == "c":
            raise DataError(
                f"{path}, column {name!r}: {column.dtype} values arrived, expected numbers; convert them, or name the "
                "column as target if it is the label"
            )
        numbers[:, place] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        strange = np.abs(numbers[:, place]) > LARGEST
        if strange.any():
            row = strange.argmax()
            raise DataError(
                f"{path}, row {row} (counting from 0), column {name!r}: {numbers[row, place]:g} arrived, expected a "
                f"finite number of at most {LARGEST:.3g} in size; correct it, or write null if nothing was measured"
            )
    return numbers


def _words(column: pd.Series[Any]) -> Shaped[np.ndarray, " row"]:
    """Return what a CSV file would hold of a column."""
    return np.where(column.isna(), "", column.astype(str).str.strip()).astype(object)
