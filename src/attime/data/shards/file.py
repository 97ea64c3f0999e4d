"""One file that is read in pieces, and what all pieces must have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from attime.data.series import SeriesSet
from attime.data.text import shown
from attime.errors import DataError

#: Cases are read in multiples of this many, where they are that short: as many as networks look at in one go.
TOGETHER = 256


#: What a column holds that is missing in every case of a piece.
NOTHING = "missing"


@dataclass(frozen=True, eq=False)
class ShardFile:
    """A file and how it is read.

    Attributes
    ----------
    path
        The file.
    read
        What goes through its pieces from the beginning.
    names
        The columns of its values, where they have names.
    n_cases
        How many cases it holds, where that can be told without reading all of it.
    one_length
        Whether all pieces have to have as many steps, its cases being rows of a table.
    """

    path: str
    read: Callable[[], Iterator[SeriesSet]]
    names: tuple[str, ...] = ()
    n_cases: int | None = None
    one_length: bool = False


@dataclass(frozen=True)
class Common:
    """What the pieces of all files must agree in, and the first file that has it.

    Attributes
    ----------
    path
        That file.
    names
        The columns of values.
    channels
        The names of the channels.
    n_steps
        The length, where all have the same.
    kinds
        What there is beside the values: labels, times, static columns; and of each whether it is numbers or words.
    """

    path: str
    names: tuple[str, ...]
    channels: tuple[str, ...]
    n_steps: int | None
    kinds: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, file: ShardFile, piece: SeriesSet) -> Common:
        """Return what is to be agreed in, by one piece of a file."""
        kinds = [] if piece.labels is None else [("the labels", _kind(piece.labels.dtype.kind))]
        kinds += [] if piece.times is None else [("the times", "numbers")]
        static = () if piece.static is None else piece.static.items()
        kinds += [
            (f"the static column {shown(name)}", NOTHING if column.isna().all() else _kind(column.dtype.kind))
            for name, column in static
        ]
        n_steps = piece.n_steps if file.one_length else None
        return cls(file.path, file.names, piece.channels, n_steps, tuple(kinds))

    def refuse(self, other: Common) -> None:
        """Raise a DataError that names the other file if it disagrees."""
        if other.names != self.names:
            raise DataError(
                f"{other.path}: {_difference(other.names, self.names)} as in {self.path}; give all files the same "
                "columns in the same order"
            )
        if other.channels != self.channels:
            raise DataError(
                f"{other.path}: channels {_listed(other.channels)} arrived, expected {_listed(self.channels)} as in "
                f"{self.path}; give all files the same channels in the same order"
            )
        if other.n_steps != self.n_steps:
            raise DataError(
                f"{other.path}: series of {other.n_steps} steps arrived, expected {self.n_steps} as before in "
                f"{self.path}; fill shorter ones up with missing values, or write a long table"
            )
        if (found := _named(other.kinds)) != (expected := _named(self.kinds)):
            raise DataError(
                f"{other.path}: {found} arrived beside the values, expected {expected} as in {self.path}; give all "
                "files the same"
            )
        for (what, kind), (_, expected) in zip(other.kinds, self.kinds, strict=True):
            if kind != expected and NOTHING not in (kind, expected):
                raise DataError(
                    f"{other.path}: {what} are {kind} here, but {expected} before, in {self.path}; write them all "
                    "alike, or read files that are small enough with attime.read"
                )


def _kind(letter: str) -> str:
    return "words" if letter in "UO" else "numbers"


def _named(kinds: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(what for what, _ in kinds) or "nothing"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(shown, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _difference(arrived: tuple[str, ...], expected: tuple[str, ...]) -> str:
    if len(arrived) != len(expected):
        return f"{len(arrived)} columns of values arrived, expected {len(expected)}"
    place = next(place for place, pair in enumerate(zip(arrived, expected, strict=True)) if pair[0] != pair[1])
    return f"the column {shown(arrived[place])} arrived, expected {shown(expected[place])} at its place"
