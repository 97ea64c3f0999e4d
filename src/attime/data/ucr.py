"""Reader of the UCR archive's form: one case a line, its class first, then its values; no header."""

from __future__ import annotations

from attime.data.header import Columns, labels_of
from attime.data.series import SeriesSet
from attime.data.table import Form, read_table
from attime.data.text import TextFile
from attime.errors import DataError

CLASS = "class"


def read_ucr(file: TextFile, columns: Columns) -> SeriesSet:
    """Read a file of the UCR archive, separated by tabs (2018), commas or white space (2015).

    NaN is a missing value; where lengths differ, the archive fills shorter series up with NaN.

    Raises
    ------
    OptionError
        If a column of labels is asked for by name: the columns have no names.
    DataError
        If the file cannot be used; the message names line and column.
    """
    columns.refuse_target(file.path, "in the first column")
    separator = _separator(file)
    width = len(next(file.records(separator)).fields)
    if width < 2:
        raise DataError(f"{file.path}, line 1: one field arrived, expected a class and values; check the separator")
    form = Form(
        names=(CLASS, *(f"step {step}" for step in range(1, width))),
        words=(CLASS,),
        separator=separator,
        header=False,
        remedy="correct the cell, or write NaN if nothing was measured (this form has no header line)",
    )
    table = read_table(file, form)
    table.refuse_empty_rows()
    return SeriesSet.of(table.numbers, labels_of(table, CLASS), source=file.path)


def _separator(file: TextFile) -> str | None:
    line = file.content.lstrip().partition("\n")[0]
    return "\t" if "\t" in line else "," if "," in line else None
