"""Reader of wide CSV files: one row per case, one column per time step."""

from __future__ import annotations

from itertools import pairwise

from attime.data.header import Columns, Layout, labels_of, read_header, static_of
from attime.data.series import SeriesSet
from attime.data.table import Form, Table, read_table
from attime.data.text import TextFile
from attime.errors import DataError

REMEDY = (
    "correct the cell, leave it empty if nothing was measured, or name the column: as target (--target) if it is the "
    "label, as static if it tells what does not change over time"
)


def read_wide(file: TextFile, columns: Columns) -> SeriesSet:
    """Read one series per row, its steps in the order of the columns.

    The column named `columns.target` holds the label, those in `columns.static` what does not change over time; one
    named `columns.case` names the case and is left out. An empty cell is a missing value.

    Raises
    ------
    DataError
        If the file cannot be used; the message names line and column.
    """
    names = read_header(file)
    _refuse_data(names, file)
    layout = wide_columns(names, columns, f"{file.path}, line 1")
    return series_of_wide(read_table(file, Form(names, layout.words, remedy=REMEDY)), layout, columns)


def wide_columns(names: tuple[str, ...], columns: Columns, place: str) -> Layout:
    """Return which columns of a wide table hold words; `place` is where the names stand."""
    label = columns.label_column(names, place)
    static = columns.static_columns(names, place)
    words = tuple(name for name in names if name in (label, columns.case, *static))
    if len(words) == len(names):
        raise DataError(f"{place}: no column of values arrived, expected one per time step; add them")
    return Layout(label, words)


def series_of_wide(table: Table, layout: Layout, columns: Columns) -> SeriesSet:
    """Return one series per row of a table."""
    table.refuse_empty_rows()
    labels = labels_of(table, layout.label, needed=columns.need_target)
    return SeriesSet.of(table.numbers, labels, source=table.path, static=static_of(table, columns))


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
