"""The forms of result tables: how a piece of one is written, and how pieces become one file."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from attime.errors import OptionError
from attime.extras import imported


class Form(Protocol):
    """What a form can do."""

    def write(self, frame: pd.DataFrame, path: Path) -> None:
        """Write one piece."""

    def join(self, pieces: Sequence[Path], path: Path) -> None:
        """Write all pieces to one file, holding one of them at a time; there is one at least."""


class Csv:
    """Text; numbers in full. The names of the columns stand in every piece, and once in the whole."""

    def write(self, frame: pd.DataFrame, path: Path) -> None:
        """Write one piece."""
        frame.to_csv(path, index=False)

    def join(self, pieces: Sequence[Path], path: Path) -> None:
        """Write all pieces to one file."""
        with path.open("wb") as whole:
            for number, piece in enumerate(pieces):
                with piece.open("rb") as part:
                    names = part.readline()
                    while names.count(b'"') % 2:  # the name of a class may have several lines
                        names += part.readline()
                    if not number:
                        whole.write(names)
                    shutil.copyfileobj(part, whole)


class Parquet:
    """Numbers in full; each piece becomes a row group."""

    def __init__(self) -> None:
        self.arrow, self.parquet = (
            imported(name, who="results as parquet need", extra="parquet", instead="or write .csv")
            for name in ("pyarrow", "pyarrow.parquet")
        )

    def write(self, frame: pd.DataFrame, path: Path) -> None:
        """Write one piece."""
        self.parquet.write_table(self.arrow.Table.from_pandas(frame, preserve_index=False), path)

    def join(self, pieces: Sequence[Path], path: Path) -> None:
        """Write all pieces to one file."""
        schema = self.parquet.read_schema(pieces[0])
        with self.parquet.ParquetWriter(path, schema) as whole:
            for piece in pieces:
                whole.write_table(self.parquet.read_table(piece))


FORMS: dict[str, type[Csv] | type[Parquet]] = {".csv": Csv, ".parquet": Parquet}


def form_of(path: Path) -> Form | None:
    """Return the form of a file by its ending; None for a path without one, which is a folder.

    Raises
    ------
    OptionError
        If the ending is none of `FORMS`.
    """
    ending = path.suffix.lower()
    if path.is_dir() or not ending:
        return None
    if ending not in FORMS:
        raise OptionError(
            f"{path}: a name ending in {ending!r} arrived, expected {' or '.join(FORMS)}, or a folder; rename it"
        )
    return FORMS[ending]()
