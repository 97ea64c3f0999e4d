"""The first line of a CSV file, and which of its columns is what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.labels import labels_from
from attime.data.static import frame_of, from_words
from attime.data.table import Table
from attime.data.text import TextFile, shown
from attime.errors import DataError, OptionError
from attime.names import name_hint

LONGEST_NAME = 200
LONGEST_ECHO = 40  # of a name, in a message that lists many

#: What other programs put between columns.
OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Columns:
    """What is wanted of a file: the names of the columns that hold no series (label, case, time), and which part.

    With `need_target` False, a file without the column of labels is read without labels. `static` names the columns of
    what does not change over time. With `keep_times` times are kept even where all steps are at one distance, which a
    piece of a file cannot know of the rest; with `in_pieces` dates have to be clear each by itself.
    """

    target: str | None = None
    case: str = "id"
    time: str = "time"
    need_target: bool = True
    part: str | None = None
    static: tuple[str, ...] = ()
    keep_times: bool = False
    in_pieces: bool = False

    def require(self, name: str, role: str, names: tuple[str, ...], place: str) -> None:
        """Raise a DataError unless `name` is one of the columns; `place` is where their names stand."""
        if name not in names:
            raise DataError(f"{place}: no column {name!r}, expected one that holds the {role}; {_hint(name, names)}")

    def label_column(self, names: tuple[str, ...], place: str) -> str | None:
        """Return the name of the column of labels, or None where there is none to read."""
        if self.target is None or (self.target not in names and not self.need_target):
            return None
        self.require(self.target, "label", names, place)
        return self.target

    def static_columns(self, names: tuple[str, ...], place: str) -> tuple[str, ...]:
        """Return the names of the columns of static covariates, or say which of them is not there or something else."""
        for name in self.static:
            self.require(name, "static covariate", names, place)
            role = {self.target: "target", self.case: "case", self.time: "time"}.get(name)
            if role is not None:
                raise DataError(
                    f"{place}: the column {shown(name)} was named as static and is the {role}; name it once"
                )
        return self.static

    def is_long(self, names: tuple[str, ...], place: str) -> bool:
        """Whether these are the columns of a long table, with a row for each case and time.

        Raises
        ------
        DataError
            If there are times but no cases.
        """
        if self.time in names and self.case not in names:
            raise DataError(
                f"{place}: a column {self.time!r} but no column {self.case!r} arrived, expected both for the long "
                f"layout; call the column of the cases {self.case!r}, or name it by case=…, {_hint(self.case, names)}"
            )
        return self.time in names

    def refuse_target(self, path: str, where: str) -> None:
        """Raise an OptionError if a column of labels is asked for in a form that has its labels elsewhere."""
        if self.target is not None and self.need_target:
            raise OptionError(
                f"{path}: target={self.target!r} arrived, expected none, because this form has its labels {where}; "
                "leave target out"
            )


@dataclass(frozen=True)
class Layout:
    """Which columns of a table hold what: the label if there is one, all words, and the channels of a long table."""

    label: str | None
    words: tuple[str, ...]
    channels: tuple[str, ...] = ()


def read_header(file: TextFile) -> tuple[str, ...]:
    """Return the names of the columns.

    Raises
    ------
    DataError
        If a column has no name or shares it with another, or it is not commas that separate them.
    """
    _refuse_separator(file)
    record = next(file.records())
    names = tuple(name.strip() for name in record.fields)
    seen: set[str] = set()
    for number, name in enumerate(names, start=1):
        if not name:
            raise DataError(
                f"{file.path}, line {record.line}, column {number}: no name arrived, expected one for every column; "
                "name it (pandas writes a nameless column unless told index=False)"
            )
        if len(name) > LONGEST_NAME:
            raise DataError(
                f"{file.path}, line {record.line}, column {number}: a name of {len(name):,} characters arrived, "
                f"expected {LONGEST_NAME} at most; check the separator, or shorten it"
            )
        if name in seen:
            raise DataError(
                f"{file.path}, line {record.line}, column {number}: {shown(name)} arrived a second time, expected "
                "different names; rename one"
            )
        seen.add(name)
    return names


def _refuse_separator(file: TextFile) -> None:
    """Raise if the names are separated by something else than commas, of which there is none then."""
    first = re.search(r"\S.*", file.content)
    line = re.sub('"[^"]*"', "", first[0] if first else "").strip()
    arrived = [name for mark, name in OTHER_SEPARATORS.items() if mark in line]
    if arrived and "," not in line:
        raise DataError(
            f"{file.path}: the columns seem to be separated by {arrived[0]}, expected commas; save the file with "
            "commas between columns and points in numbers"
        )


def _hint(name: str, names: tuple[str, ...]) -> str:
    return name_hint(name, [known if len(known) <= LONGEST_ECHO else f"{known[:LONGEST_ECHO]}…" for known in names])


def static_of(table: Table, columns: Columns) -> pd.DataFrame | None:
    """Return the columns of static covariates, a row for each row of the table; None if none were named."""
    if not columns.static:
        return None
    return frame_of({name: from_words(table.words[name].tolist()) for name in columns.static})


def labels_of(
    table: Table, column: str | None, *, needed: bool = True, classes: Sequence[str] = ()
) -> Shaped[np.ndarray, " row"] | None:
    """Return the labels in a column of words, as numbers if all are.

    Where labels are not `needed`, a column that is empty throughout counts as none.

    Raises
    ------
    DataError
        If the label of some row is missing or none of `classes`; the message names the line.
    """
    if column is None:
        return None
    words = table.words[column].tolist()
    return labels_from(words, table.error, classes=classes, needed=needed, where=f" in column {column!r}")
