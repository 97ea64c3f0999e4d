"""Rows of a long table, cut where one case ends and the next begins, so that no case is torn apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import UInt64

from attime.data.table import Table
from attime.data.text import shown


def whole_cases(tables: Iterator[Table], case: str, time: str) -> Iterator[Table]:
    """Yield the rows of `tables` in tables that hold all rows of their cases, told apart by the column `case`.

    Within one of the tables rows may stand in any order.

    Raises
    ------
    DataError
        If rows of a case come back after those of others, in a later table; or if there are several, and dates in the
        column `time` might be read one way in one of them, and another way in the next.
    """
    closed, kept = np.empty(0, dtype=np.uint64), next(tables, None)
    while kept is not None:
        following = next(tables, None)
        if following is None:
            if len(closed):
                _refuse_unclear_dates(kept, time)
            _close(kept, case, closed)
            yield kept
            return
        words = kept.words[case]
        others = np.flatnonzero(words != words[-1])
        start = int(others[-1]) + 1 if len(others) else 0
        if start:
            done = _rows(kept, slice(0, start))
            _refuse_unclear_dates(done, time)
            closed = _close(done, case, closed)
            yield done
        kept = _joined(_rows(kept, slice(start, None)), following)


def _close(table: Table, case: str, closed: UInt64[np.ndarray, " before"]) -> UInt64[np.ndarray, " now"]:
    """Return the sorted marks of all cases that are complete with this table, or refuse one that was so before.

    A mark takes 8 bytes, whatever the name of the case. Two of a million cases share one with odds of 1 to 40 million.
    """
    words = table.words[case]
    marks = pd.util.hash_array(words, categorize=False)
    again = np.isin(marks, closed)
    if again.any():
        row = int(again.argmax())
        raise table.error(
            row,
            f"case {shown(words[row])} goes on after rows of other cases, expected all rows of a case below each other "
            "in a file too large to be read at once; sort it by case",
        )
    return np.sort(np.concatenate([closed, np.unique(marks)]))


def _refuse_unclear_dates(table: Table, time: str) -> None:
    """Raise if it depends on other rows what a date means: whether 01/02/2024 is in January."""
    word = table.words[time][0]
    readings = pd.to_numeric(word, errors="coerce"), pd.to_datetime(word, errors="coerce", utc=True, format="ISO8601")
    if all(map(pd.isna, readings)):
        raise table.error(
            0,
            f"time {shown(word)} arrived, expected a number or a date like 2024-01-31 12:00 in a file too large to be "
            "read at once; write all times so",
        )


@dataclass(frozen=True)
class _Places:
    """Tells the place of a row of tables that were cut and joined, of which it does not hold the rest."""

    parts: tuple[tuple[range, Callable[[int], str]], ...]

    @classmethod
    def of(cls, table: Table) -> _Places:
        return table.place if isinstance(table.place, _Places) else cls(((range(len(table.numbers)), table.place),))

    def __call__(self, row: int) -> str:
        for rows, place in self.parts:
            if row < len(rows):
                return place(rows[row])
            row -= len(rows)
        raise IndexError(row)

    def cut(self, start: int, end: int) -> _Places:
        parts, first = [], 0
        for rows, place in self.parts:
            kept = rows[max(start - first, 0) : max(end - first, 0)]
            first += len(rows)
            if kept:
                parts.append((kept, place))
        return _Places(tuple(parts))


def _rows(table: Table, which: slice) -> Table:
    words = {name: column[which] for name, column in table.words.items()}
    place = _Places.of(table).cut(*which.indices(len(table.numbers))[:2])
    return Table(table.path, table.numbers[which], words, place)


def _joined(table: Table, following: Table) -> Table:
    words = {name: np.concatenate([column, following.words[name]]) for name, column in table.words.items()}
    numbers = np.concatenate([table.numbers, following.numbers])
    place = _Places(_Places.of(table).parts + _Places.of(following).parts)
    return Table(table.path, numbers, words, place)
