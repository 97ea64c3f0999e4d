"""Records as lines of JSON, written as they come, so that a run that was stopped can go on where it was."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from common import Row

from attime.files import whole_file

KEYS = ("set", "share", "axis", "size", "model", "fault", "quick", "seed", "filled")  # those that tell records apart


class RowFile:
    """The records of a run, in memory and on disk."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.rows: list[Row] = _read(path) if resume and path.is_file() else []
        self._write()

    def add(self, row: Row) -> Row:
        """Keep a record, and write it before anything else can go wrong."""
        row = {name: _finite(value) for name, value in row.items()}
        self.rows.append(row)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(row))
        return row

    def drop(self, unwanted: Callable[[Row], bool]) -> None:
        """Forget records."""
        self.rows = [row for row in self.rows if not unwanted(row)]
        self._write()

    def _write(self) -> None:
        with whole_file(self.path) as unfinished:  # killed here, a run loses none of its rows
            unfinished.write_text("".join(_line(row) for row in self.rows), encoding="utf-8")

    def find(self, heading: Row) -> Row | None:
        """Return the record of that heading, if there is one."""
        return next((row for row in self.rows if key_of(row) == key_of(heading)), None)


def key_of(row: Row) -> Sequence[object]:
    """Return what tells a record from the others."""
    return [row.get(name) for name in KEYS]


def _read(path: Path) -> list[Row]:
    """Return the whole lines; the last may have been cut when the run was stopped."""
    rows: list[Row] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            break
    return rows


def _finite(value: object) -> object:
    """Return None for what JSON has no word for."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _line(row: Row) -> str:
    return json.dumps(row) + "\n"
