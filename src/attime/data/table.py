"""Columns of numbers and words out of separated text: a fast reader, and a careful one where the fast one balks.

The careful reader goes through the file cell by cell; it either reads it after all or names the cell at fault.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.arrays import LARGEST
from attime.data.text import TextFile
from attime.errors import DataError

#: What stands in a cell of numbers when nothing was measured.
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None")

#: Words that the fast reader takes for numbers.
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}


@dataclass(frozen=True)
class Form:
    """How to take a file apart: names of all columns, which hold words, what separates them, whether line 1 is names.

    `remedy` is what to do about a cell that holds no number.
    """

    names: Sequence[str]
    words: Collection[str] = ()
    separator: str | None = ","
    header: bool = True
    remedy: str = "correct the cell, or leave it empty if nothing was measured"


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of a file, one row per record, and its columns of words."""

    file: TextFile
    form: Form
    numbers: Float64[np.ndarray, "row column"]
    words: Mapping[str, Shaped[np.ndarray, " row"]] = field(default_factory=dict)

    def error(self, row: int | np.integer, message: str) -> DataError:
        """Return an error that names the file and the line on which `row` stands."""
        records = self.file.records(self.form.separator)
        record = next(itertools.islice(records, int(row) + self.form.header, None))
        return DataError(f"{self.file.path}, line {record.line}: {message}")

    def refuse_empty_rows(self) -> None:
        """Raise if a row, which is a case, holds no number at all."""
        nothing = np.isnan(self.numbers).all(axis=1)
        if nothing.any():
            raise self.error(nothing.argmax(), "no value was measured in this case, expected one; remove the line")


def read_table(file: TextFile, form: Form) -> Table:
    """Read the columns of `file`.

    Raises
    ------
    DataError
        If there are no rows, a row has more or fewer fields than there are names, or a cell of a column of numbers
        holds anything but a finite number or one of `MISSING`.
    """
    records = itertools.islice(file.records(form.separator), int(form.header), None)
    first = next(records, None)
    if first is None:
        raise DataError(f"{file.path}: the header is followed by no rows, expected data; check how it was written")
    # The fast reader drops an empty last field, fills short rows up, and knows infinity.
    if len(first.fields) != len(form.names):
        return _careful(file, form)
    try:
        table = _fast(file, form)
    except (ValueError, pd.errors.ParserWarning):  # pandas' own ParserError is a ValueError
        return _careful(file, form)
    last = table.words.get(form.names[-1])
    filled = np.isnan(table.numbers[:, -1:]).any() if last is None else (last == "").any()
    if filled and [len(record.fields) for record in records] != [len(form.names)] * (len(table.numbers) - 1):
        return _careful(file, form)
    return _careful(file, form) if (np.abs(table.numbers) > LARGEST).any() else table


def _fast(file: TextFile, form: Form) -> Table:
    numeric = [name for name in form.names if name not in form.words]
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            io.StringIO(file.content),
            sep=r"\s+" if form.separator is None else form.separator,
            header=0 if form.header else None,
            names=list(form.names),
            index_col=False,
            dtype={name: np.float64 for name in numeric} | {name: object for name in form.words},
            keep_default_na=False,
            na_values={name: list(MISSING) for name in numeric},
            skipinitialspace=form.separator == ",",
            quoting=csv.QUOTE_NONE if form.separator is None else csv.QUOTE_MINIMAL,
        )
    words = {name: frame[name].fillna("").str.strip().to_numpy(dtype=object) for name in form.words}
    return Table(file, form, frame[numeric].to_numpy(dtype=np.float64), words)


def _careful(file: TextFile, form: Form) -> Table:
    rows = []
    words: dict[str, list[str]] = {name: [] for name in form.words}
    for record in itertools.islice(file.records(form.separator), int(form.header), None):
        if len(record.fields) != len(form.names):
            raise DataError(
                f"{file.path}, line {record.line}: {len(record.fields)} fields arrived, expected {len(form.names)} as "
                "in the first line; add what is missing or remove what is too much"
            )
        row = []
        for name, cell in zip(form.names, map(str.strip, record.fields), strict=True):
            if name in words:
                words[name].append(cell)
            else:
                number = _number(cell)
                if number is None:
                    raise DataError(
                        f"{file.path}, line {record.line}, column {name!r}: {cell!r} arrived, expected a finite number "
                        f"of at most {LARGEST:.3g} in size; {form.remedy}"
                    )
                row.append(number)
        rows.append(row)
    columns = {name: np.array(cells, dtype=object) for name, cells in words.items()}
    return Table(file, form, np.array(rows, dtype=np.float64).reshape(len(rows), -1), columns)


def _number(cell: str) -> float | None:
    """Return the number in a cell, NaN if it is missing, None if it is none that can be used."""
    if cell in MISSING:
        return math.nan
    if cell in TRUTH:
        return TRUTH[cell]
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) <= LARGEST and "_" not in cell else None
