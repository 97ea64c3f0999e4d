"""The first line of a CSV file, and which of its columns is what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.table import Table
from attime.data.text import TextFile
from attime.errors import DataError
from attime.names import name_hint


@dataclass(frozen=True)
class Columns:
    """The names of the columns that hold no series: label, case and time.

    With `need_target` False, a file without the column of labels is read without labels.
    """

    target: str | None = None
    case: str = "id"
    time: str = "time"
    need_target: bool = True

    def require(self, name: str, role: str, names: tuple[str, ...], file: TextFile) -> None:
        """Raise a DataError unless `name` is one of the columns of `file`."""
        if name not in names:
            raise DataError(
                f"{file.path}, line 1: no column {name!r}, expected one that holds the {role}; {name_hint(name, names)}"
            )

    def label_column(self, names: tuple[str, ...], file: TextFile) -> str | None:
        """Return the name of the column of labels, or None where there is none to read."""
        if self.target is None or (self.target not in names and not self.need_target):
            return None
        self.require(self.target, "label", names, file)
        return self.target


def read_header(file: TextFile) -> tuple[str, ...]:
    """Return the names of the columns.

    Raises
    ------
    DataError
        If a column has no name or shares it with another.
    """
    record = next(file.records())
    names = tuple(name.strip() for name in record.fields)
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if not name:
            raise DataError(
                f"{file.path}, line {record.line}, column {number}: no name arrived, expected one for every column; "
                "name it (pandas writes a nameless column unless told index=False)"
            )
        if name in seen:
            raise DataError(
                f"{file.path}, line {record.line}, column {number}: {name!r} arrived a second time, expected "
                "different names; rename one"
            )
        seen.add(name)
    return names


def labels_of(table: Table, column: str | None, *, needed: bool = True) -> Shaped[np.ndarray, " row"] | None:
    """Return the labels in a column of words: whole numbers if all are, else numbers if all are, else words.

    ``1.0000000e+00`` is the whole number 1. Where labels are not `needed`, a column that is empty throughout
    counts as none.

    Raises
    ------
    DataError
        If the label of some row is missing; the message names the line.
    """
    if column is None:
        return None
    words = table.words[column]
    missing = np.isin(words.astype(str), ("", "nan", "NaN"))  # "None" and "NA" may well be names of classes
    if missing.all() and not needed:
        return None
    if missing.any():
        raise table.error(missing.argmax(), f"no label in column {column!r}, expected one for every case; add it")
    numbers = pd.to_numeric(pd.Series(words), errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).all():
        return words.astype(str)
    whole = (numbers == np.floor(numbers)).all() and np.abs(numbers).max(initial=0) < 2**53
    return numbers.astype(np.int64) if whole else numbers
