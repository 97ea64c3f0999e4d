"""A table of series to be forecast, out of a file: CSV or parquet, every column as it stands."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

import pandas as pd

from attime.data.cells import MISSING
from attime.data.parquet import parquet_frame
from attime.data.text import TextFile
from attime.errors import DataError, OptionError

#: What stands between the columns of a text file, by the ending of its name.
SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": ","}
SEPARATED = ",;\t|"  # what others write between columns


def read_frame(path: str | os.PathLike[str], *, words: Sequence[str] = ()) -> pd.DataFrame:
    r"""Read a table with names in its first line.

    Parameters
    ----------
    path
        A ``.csv``, ``.tsv`` or ``.txt`` file, which may be packed (``.gz``), or a ``.parquet`` file.
    words
        Columns that are kept as they are written, such as names that look like numbers (``007``) or like missing values
        (``NA``).

    Raises
    ------
    DataError
        If there is no such file, it is empty or damaged, or its lines do not fit the names; the message names the file.
    OptionError
        If the ending of the name is another.
    MissingExtraError
        If a parquet file is to be read and ``pyarrow`` is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "sales.csv"
    >>> _ = path.write_text("shop,ds,y\n01,2024-01-01,3\n01,2024-01-02,\n")
    >>> read_frame(path, words=["shop"]).y.tolist()
    [3.0, nan]
    """
    name = os.fspath(path)
    ending = os.path.splitext(name.lower().removesuffix(".gz"))[1]
    if ending == ".parquet":
        frame = parquet_frame(name)
        return frame.rename(columns=str)
    if ending not in SEPARATORS:
        raise OptionError(
            f"{name}: a name ending in {ending!r} arrived, expected one of {', '.join(SEPARATORS)} (.gz may follow) or "
            ".parquet; save the table as CSV"
        )
    return _read_text(TextFile.open(name), SEPARATORS[ending], words)


def _read_text(file: TextFile, separator: str, words: Sequence[str]) -> pd.DataFrame:
    names = next(iter(file.records(separator))).fields
    other = next((mark for mark in SEPARATED if len(names) == 1 and mark in names[0]), None)
    if other is not None:
        raise DataError(
            f"{file.path}: the names in line 1 are separated by {other!r}, expected {separator!r}; write the table so, "
            "with points in its numbers"
        )
    numbers = [column for column in names if column not in words]
    try:
        frame = pd.read_csv(
            io.StringIO(file.content),
            sep=separator,
            index_col=False,
            dtype={column: str for column in words if column in names},
            keep_default_na=False,
            na_values={column: list(MISSING) for column in numbers},
            skipinitialspace=True,
            low_memory=False,
        )
    except (ValueError, pd.errors.ParserWarning) as error:
        told = " ".join(str(error).split())
        raise DataError(
            f"{file.path}: cannot be read as a table ({told}), expected names in line 1 and as many cells in every "
            "line; correct it"
        ) from error
    if frame.empty:
        raise DataError(f"{file.path}: the header is followed by no rows, expected data; check how it was written")
    return frame
