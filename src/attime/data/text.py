"""A text file, held whole, so that whatever is wrong in it can be named by its line."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO, cast

from attime.data.limits import allowed, refuse_growth
from attime.errors import DataError
from attime.files import whole_file


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
            If there is no such file, it cannot be read or unpacked, is not UTF-8, or holds nothing; if it is packed
            so small that unpacking it would fill the memory.
        """
        name = os.fspath(path)
        with telling_damage(name):
            raw = Path(name).read_bytes()
            if name.lower().endswith(".gz"):
                raw = _unpacked(raw, name)
        return cls.of(name, raw)

    @classmethod
    def of(cls, path: str, raw: bytes) -> TextFile:
        """Return the text that these bytes of a file stand for; errors as for `open`."""
        try:
            content = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise DataError(
                f"{path}, line {line}: byte 0x{raw[error.start]:02x} arrived, expected UTF-8 text; save it as such"
            ) from error
        if not content.strip():
            raise DataError(f"{path}: the file is empty, expected data; check how it was written")
        return cls(path, content)

    def error(self, line: int, message: str) -> DataError:
        """Return an error that names the file and the line."""
        return DataError(f"{self.path}, line {line}: {message}")

    def records(self, separator: str | None = ",", quote: str = '"') -> Iterator[Record]:
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
        spaces = separator == ","
        rows = csv.reader(lines, delimiter=separator, quotechar=quote, skipinitialspace=spaces, strict=True)
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


def shown(word: object) -> str:
    """Return what arrived as messages quote it, cut where it is long.

    Examples
    --------
    >>> print(shown("up"), shown("1," * 50))
    'up' '1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1…'
    """
    quoted = repr(word)
    return quoted if len(quoted) <= 60 else f"{quoted[:40]}…{quoted[-1]}"


@contextmanager
def telling_damage(path: str) -> Iterator[None]:
    """Turn what goes wrong when the file at `path` is read or unpacked into a DataError that says so."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); copy it again or drop the ending .gz") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}), expected a file; check the path") from error


@contextmanager
def new_text(path: str) -> Iterator[TextIO]:
    """Give a text to write to, which becomes the file at `path` when it is complete; packed if that ends in ``.gz``.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with whole_file(path) as unfinished, ExitStack() as opened:
        file: IO[bytes] = opened.enter_context(unfinished.open("wb"))
        if path.lower().endswith(".gz"):  # without the time, so that the same series make the same file
            packed = gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0)
            file = cast(IO[bytes], opened.enter_context(packed))
        yield opened.enter_context(io.TextIOWrapper(file, encoding="utf-8", newline="\n"))


def _unpacked(packed: bytes, path: str) -> bytes:
    limit = allowed(len(packed))
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        content = file.read(limit + 1)
    refuse_growth(path, len(packed), len(content), remedy="unpack it yourself if that is meant")
    return content
