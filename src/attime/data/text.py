"""A text file, held whole, so that whatever is wrong in it can be named by its line."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from attime.errors import DataError


@dataclass(frozen=True)
class Record:
    """One row of a separated text file: the line on which it starts (counted from 1) and its fields."""

    line: int
    fields: list[str]


@dataclass(frozen=True)
class TextFile:
    """The path of a file and the text in it."""

    path: str
    content: str = field(repr=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> TextFile:
        """Read a UTF-8 file; one whose name ends in ``.gz`` is unpacked.

        Raises
        ------
        DataError
            If there is no such file, it cannot be read or unpacked, is not UTF-8, or holds nothing.
        """
        name = os.fspath(path)
        try:
            raw = Path(name).read_bytes()
            if name.endswith(".gz"):
                raw = gzip.decompress(raw)
            content = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"{name}: not a whole gzip file ({error}); copy it again or drop the ending .gz") from error
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise DataError(
                f"{name}, line {line}: byte 0x{raw[error.start]:02x} arrived, expected UTF-8 text; save it as such"
            ) from error
        except OSError as error:
            raise DataError(f"{name}: cannot be read ({error.strerror}), expected a file; check the path") from error
        if not content.strip():
            raise DataError(f"{name}: the file is empty, expected data; check how it was written")
        return cls(name, content)

    def records(self, separator: str | None = ",") -> Iterator[Record]:
        """Yield the rows that are not blank, split at `separator` (at blanks and tabs where it is None).

        Raises
        ------
        DataError
            If a quotation mark is not closed.
        """
        lines = io.StringIO(self.content)
        if separator is None:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield Record(number, re.split("[ \t]+", line.strip(" \t\n")))
            return
        rows = csv.reader(lines, delimiter=separator, skipinitialspace=separator == ",", strict=True)
        start = 1
        try:
            for fields in rows:
                if len(fields) > 1 or "".join(fields).strip():
                    yield Record(start, fields)
                start = rows.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{self.path}, line {start}: cannot be split into fields ({error}); check its quotation marks"
            ) from error
