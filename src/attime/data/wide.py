"""Reader of wide CSV files: one row per case, one column per time step."""

from __future__ import annotations

from itertools import pairwise

from attime.data.header import Columns, labels_of, read_header
from attime.data.series import SeriesSet
from attime.data.table import Form, read_table
from attime.data.text import TextFile
from attime.errors import DataError


def read_wide(file: TextFile, columns: Columns) -> SeriesSet:
    """Read one series per row, its steps in the order of the columns.

    The column named `columns.target` holds the label; one named `columns.case` names the case and is left out. An
    empty cell is a missing value.

    Raises
    ------
    DataError
        If the file cannot be used; the message names line and column.
    """
    names = read_header(file)
    _refuse_data(names, file)
    label = columns.label_column(names, file)
    words = tuple(name for name in names if name in (label, columns.case))
    if len(words) == len(names):
        raise DataError(f"{file.path}, line 1: no column of values arrived, expected one per time step; add them")
    remedy = "correct the cell, leave it empty if nothing was measured, or name the column as target if it is the label"
    table = read_table(file, Form(names, words, remedy=remedy))
    table.refuse_empty_rows()
    return SeriesSet.of(table.numbers, labels_of(table, label, needed=columns.need_target), source=file.path)


def _refuse_data(names: tuple[str, ...], file: TextFile) -> None:
    """Raise if the first line is a case rather than names: numbers, but not ascending as time steps would be."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise DataError(
            f"{file.path}, line 1: values arrived, expected the names of the columns; add a first line with names"
        )
