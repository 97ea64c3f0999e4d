"""Which results of a folder a run has made, and of what: so that it can go on, and takes nobody else's for its own."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attime.engines.results import KEY
from attime.errors import OptionError, OutputError
from attime.files import whole_file


class Ledger:
    """A file beside the results: a line of JSON that says what run it is, and one for each result that is there.

    Parameters
    ----------
    folder
        Of the results.
    run
        What has to be the same if a run goes on: the model, the columns.
    resume
        Go on with what is there.

    Raises
    ------
    OptionError
        If what is there is another run.
    """

    def __init__(self, folder: Path, run: Mapping[str, object], *, resume: bool) -> None:
        self.folder, self.path = folder, folder / f".{KEY}l"
        lines: list[Any] = self._lines() if resume else []
        if lines and lines[0] != dict(run):
            raise OptionError(
                f"{folder}: another run has left results there, of another model or of other columns, expected the "
                "same to go on with; leave --resume out to begin anew"
            )
        self.made: dict[str, list[object]] = {line["result"]: line["of"] for line in lines[1:]}
        with whole_file(self.path) as unfinished:  # less what a killed process left unfinished
            unfinished.write_text("".join(json.dumps(line) + "\n" for line in lines or [dict(run)]), encoding="utf-8")

    def has(self, result: Path, source: str) -> bool:
        """Return whether a result is there that was made of a file as it is now.

        Raises
        ------
        OptionError
            If it was made of another file.
        """
        made_of = self.made.get(self._name(result))
        if made_of is None or not result.is_file():
            return False
        now = state_of(source)
        if made_of[0] != now[0]:
            raise OptionError(
                f"{result}: is there, and was made of {made_of[0]}, expected {now[0]}; give another folder, or leave "
                "--resume out to begin anew"
            )
        return made_of == now

    def add(self, result: Path, source: list[object]) -> None:
        """Take note of a result, and of what its file was when it was read."""
        self.made[self._name(result)] = source
        self._write({"result": self._name(result), "of": source})

    def _name(self, result: Path) -> str:
        return result.relative_to(self.folder).as_posix()

    def _write(self, line: Mapping[str, object]) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps(line) + "\n")
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written ({error.strerror}); make room, and resume") from error

    def _lines(self) -> list[Any]:
        """Return what stands in its whole lines; nothing if there is none, or a damaged one."""
        try:
            text = self.path.read_text(encoding="utf-8")
            return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        except (OSError, ValueError):
            return []


def state_of(path: str) -> list[object]:
    """Return where a file is, its size and when it was written; zeros where it cannot be looked at."""
    try:
        found = os.stat(path)
    except OSError:
        return [os.path.abspath(path), 0, 0]
    return [os.path.abspath(path), found.st_size, found.st_mtime_ns]
