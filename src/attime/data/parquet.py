"""Reader of parquet files: a wide or a long table, by its columns."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.arrays import LARGEST
from attime.data.header import Columns, Layout
from attime.data.limits import refuse_growth
from attime.data.long import long_columns, series_of_long
from attime.data.parquet_words import refuse_repeated_words
from attime.data.series import SeriesSet
from attime.data.table import Table
from attime.data.wide import series_of_wide, wide_columns
from attime.errors import AttimeError, DataError
from attime.extras import imported

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
    layout = parquet_columns(path, tuple(map(str, frame.columns)), columns)
    return (series_of_long if layout.channels else series_of_wide)(table_of(path, frame, layout), layout, columns)


def parquet_columns(path: str, names: tuple[str, ...], columns: Columns) -> Layout:
    """Return which columns hold what; channels only in a long table."""
    if len(set(names)) < len(names) or "" in names:
        raise DataError(
            f"{path}: columns {', '.join(names)[:200]} arrived, expected a different name for each; rename them"
        )
    return (long_columns if columns.is_long(names, path) else wide_columns)(names, columns, path)


def table_of(path: str, frame: pd.DataFrame, layout: Layout, first: int = 0) -> Table:
    """Return the numbers and words of rows of a file, of which the first one is row `first`."""
    return Table(
        path=path,
        numbers=_numbers(path, frame.drop(columns=list(layout.words)), first),
        words={name: _words(frame[name]) for name in layout.words},
        place=lambda row: f"row {first + row} (counting from 0)",
    )


def parquet_frame(path: str) -> pd.DataFrame:
    """Return the table in a parquet file, less the index of pandas; errors as for `read_parquet`."""
    with opened_parquet(path) as file:
        about = file.metadata
        grown = 8 * about.num_rows * about.num_columns
        refuse_growth(path, os.path.getsize(path), grown, remedy="write it as .csv or .npz")
        frame: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    if frame.empty:
        raise DataError(f"{path}: the table is empty, expected data; check how it was written")
    return frame[[name for name in frame.columns if not str(name).startswith(INDEX)]]


@contextmanager
def opened_parquet(path: str) -> Iterator[Any]:
    """Give the file as pyarrow sees it, and turn what goes wrong with it into one error."""
    parquet = imported(
        "pyarrow.parquet", who=f"{path}: parquet files need", extra="parquet", instead="or write the table as .csv"
    )
    try:
        refuse_repeated_words(path, parquet)
        with parquet.ParquetFile(path) as file:
            yield file
    except (AttimeError, MemoryError):
        raise
    except Exception as error:  # pyarrow raises a dozen kinds over damaged bytes
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"{path}: cannot be read ({reason}), expected a parquet file; copy or write it again"
        ) from error


def _numbers(path: str, frame: pd.DataFrame, first: int) -> Float64[np.ndarray, "row column"]:
    numbers = np.empty(frame.shape)
    for place, name in enumerate(frame.columns):
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column) or column.dtype.kind == "c":
            raise DataError(
                f"{path}, column {name!r}: {column.dtype} values arrived, expected numbers; convert them, or name the "
                "column as target (--target) if it is the label"
            )
        numbers[:, place] = column.to_numpy(dtype=np.float64, na_value=np.nan)
        strange = np.abs(numbers[:, place]) > LARGEST
        if strange.any():
            row = strange.argmax()
            raise DataError(
                f"{path}, row {first + row} (counting from 0), column {name!r}: {numbers[row, place]:g} arrived, "
                f"expected a finite number of at most {LARGEST:.3g} in size; correct it, or write null if nothing was "
                "measured"
            )
    return numbers


def _words(column: pd.Series[Any]) -> Shaped[np.ndarray, " row"]:
    """Return what a CSV file would hold of a column."""
    return np.where(column.isna(), "", column.astype(str).str.strip()).astype(object)
