"""Columns of numbers and words out of separated text: a fast reader, and a careful one where the fast one balks.

The careful reader goes through the file cell by cell; it either reads it after all or names the cell at fault.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.arrays import LARGEST
from attime.data.cells import MISSING, number_in, numbers_between_commas
from attime.data.text import Record, TextFile, shown
from attime.errors import DataError

#: From how many columns on a table is read row by row: every column costs pandas as much as thousands of cells.
MANY = 200


@dataclass(frozen=True)
class Form:
    """How to take a file apart: names of all columns, which hold words, what separates them, whether line 1 is names.

    `missing` is what stands for a value that was not measured, `remedy` what to do about a cell that holds no number,
    `quote` the quotation mark.
    """

    names: Sequence[str]
    words: Collection[str] = ()
    separator: str | None = ","
    header: bool = True
    missing: Collection[str] = MISSING
    quote: str = '"'
    remedy: str = "correct the cell, or leave it empty if nothing was measured"


@dataclass(frozen=True, eq=False)
class Table:
    """The numbers of the file at `path`, one row per record, and its columns of words.

    `place` tells where in the file a row stands.
    """

    path: str
    numbers: Float64[np.ndarray, "row column"]
    words: Mapping[str, Shaped[np.ndarray, " row"]]
    place: Callable[[int], str]

    def error(self, row: int | np.integer, message: str) -> DataError:
        """Return an error that names the file and the place of `row`."""
        return DataError(f"{self.path}, {self.place(int(row))}: {message}")

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
    first = next(_records(file, form), None)
    if first is None:
        raise DataError(f"{file.path}: the header is followed by no rows, expected data; check how it was written")
    # The fast reader drops an empty last field, fills short rows up, and knows infinity.
    if len(first.fields) != len(form.names):
        return _careful(file, form)
    if len(form.names) >= MANY:
        return _by_row(file, form) or _careful(file, form)
    try:
        table = _fast(file, form)
    except (ValueError, pd.errors.ParserWarning):  # pandas' own ParserError is a ValueError
        return _careful(file, form)
    last = table.words.get(form.names[-1])
    filled = np.isnan(table.numbers[:, -1:]).any() if last is None else (last == "").any()
    if filled and any(len(record.fields) != len(form.names) for record in _records(file, form)):
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
            na_values={name: list(form.missing) for name in numeric},
            skipinitialspace=form.separator == ",",
            quotechar=form.quote,
            quoting=csv.QUOTE_NONE if form.separator is None else csv.QUOTE_MINIMAL,
        )
    words = {name: frame[name].fillna("").str.strip().to_numpy(dtype=object) for name in form.words}
    return Table(file.path, frame[numeric].to_numpy(dtype=np.float64), words, partial(line_of, file, form))


def _by_row(file: TextFile, form: Form) -> Table | None:
    """Read a table of many columns; None if anything in it needs care, such as quotation marks."""
    if form.quote in file.content and form.separator is not None:
        return None
    places = {name: place for place, name in enumerate(form.names) if name in form.words}
    rows = []
    words: dict[str, list[str]] = {name: [] for name in places}
    lines = filter(lambda line: line.strip(" "), file.content.split("\n"))
    for line in itertools.islice(lines, int(form.header), None):
        fields = [field.strip() for field in line.split(form.separator)]
        if len(fields) != len(form.names):
            return None
        for name, place in reversed(places.items()):
            words[name].append(fields.pop(place))
        numbers = numbers_between_commas(",".join([field or "nan" for field in fields]))
        if numbers is None:
            return None
        rows.append(numbers)
    columns = {name: np.array(cells, dtype=object) for name, cells in words.items()}
    return Table(file.path, np.array(rows), columns, partial(line_of, file, form))


def _careful(file: TextFile, form: Form) -> Table:
    rows = []
    words: dict[str, list[str]] = {name: [] for name in form.words}
    for record in _records(file, form):
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
                number = math.nan if cell in form.missing else number_in(cell)
                if number is None:
                    raise DataError(
                        f"{file.path}, line {record.line}, column {name!r}: {shown(cell)} arrived, expected a finite "
                        f"number of at most {LARGEST:.3g} in size; {form.remedy}"
                    )
                row.append(number)
        rows.append(row)
    columns = {name: np.array(cells, dtype=object) for name, cells in words.items()}
    numbers = np.array(rows, dtype=np.float64).reshape(len(rows), -1)
    return Table(file.path, numbers, columns, partial(line_of, file, form))


def _records(file: TextFile, form: Form) -> Iterator[Record]:
    return itertools.islice(file.records(form.separator, form.quote), int(form.header), None)


def line_of(file: TextFile, form: Form, row: int) -> str:
    """Return where in a file a row of its table stands."""
    return f"line {next(itertools.islice(_records(file, form), row, None)).line}"
