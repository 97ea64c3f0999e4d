"""A result that grows piece by piece, is there when it is complete, and goes on where a run was stopped.

Pieces are kept in a folder beside the file, each written whole or not at all; from them the file is made at the end.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from attime.engines.forms import Form
from attime.errors import OptionError, OutputError
from attime.files import output_folder, whole_file, write_json

KEY = "run.json"


@dataclass(frozen=True)
class Pieces:
    """The pieces of a result.

    Attributes
    ----------
    target
        The file that they are to become.
    form
        Of the file and of the pieces.
    """

    target: Path
    form: Form

    @property
    def folder(self) -> Path:
        """Where they are kept."""
        return self.target.with_name(f".{self.target.name}.pieces")

    def begin(self, run: Mapping[str, object], *, resume: bool) -> None:
        """Make room for the pieces of a run, or go on with those that are there.

        Raises
        ------
        OptionError
            If those that are there are of another run, of another model or other files.
        OutputError
            If nothing can be written there.
        """
        if not resume or not (self.folder / KEY).exists():  # what is left without a note may be of any run
            self.forget()
        output_folder(self.folder)
        begin(self.folder / KEY, run)

    def forget(self) -> None:
        """Remove all pieces; what is left over might be taken for those of another run.

        Raises
        ------
        OutputError
            If they cannot be removed.
        """
        try:
            shutil.rmtree(self.folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be removed ({error.strerror}); remove it by hand") from error

    def path(self, name: str) -> Path:
        """Return where a piece is kept."""
        return self.folder / f"{name}{self.target.suffix}"

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a piece."""
        with whole_file(self.path(name)) as unfinished:
            self.form.write(frame, unfinished)

    def finish(self, names: Sequence[str]) -> None:
        """Make the file of some of the pieces, and forget all of them."""
        with whole_file(self.target) as unfinished:
            self.form.join([self.path(name) for name in names], unfinished)
        self.forget()


def begin(note: Path, run: Mapping[str, object]) -> None:
    """Note what run the results beside `note` are of, or refuse to go on with those of another.

    Raises
    ------
    OptionError
        If what stands there is another run.
    """
    if not note.exists():
        write_json(dict(run), note)
    elif not is_same(note, run):
        raise OptionError(
            f"{note.parent}: another run has left results there, of another model or of other files, expected the same "
            "to go on with; leave --resume out to begin anew"
        )


def is_same(note: Path, run: Mapping[str, object]) -> bool:
    """Whether this is the run that is noted there."""
    try:
        return bool(json.loads(note.read_text(encoding="utf-8")) == json.loads(json.dumps(dict(run))))
    except (OSError, ValueError):
        return False
