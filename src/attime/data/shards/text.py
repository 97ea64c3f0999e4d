"""Text in pieces: its header, and a block of lines after it, as often as there are lines."""

from __future__ import annotations

import codecs
import gzip
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, pairwise
from typing import IO, TypeVar, cast

import numpy as np

from attime.data.header import Columns, Layout, read_header
from attime.data.limits import UNASKED
from attime.data.long import long_columns, read_long_table, series_of_long
from attime.data.read import TEXT_READERS
from attime.data.series import SeriesSet
from attime.data.shards.file import TOGETHER, ShardFile
from attime.data.shards.rows import whole_cases
from attime.data.table import Form, Table, line_of
from attime.data.text import TextFile, telling_damage
from attime.data.wide import wide_columns
from attime.errors import DataError

T = TypeVar("T")

#: A long table of up to so many bytes may have its rows in any order.
ANY_ORDER = 2**26

_NAMES = re.compile(rb'\s*(?:[^"\n]|"[^"]*+")*+\n')
_DATA = re.compile(rb"(?im)^[ \t]*+@data[^\n]*+\n")

#: What the header of each layout ends with; the archive's form has none.
HEADERS = {"csv": _NAMES.match, "wide": _NAMES.match, "long": _NAMES.match, "ts": _DATA.search, "arff": _DATA.search}

#: What a remark among the lines of data begins with; in tables there are none.
REMARKS = {"ts": (b"#", b"%"), "arff": (b"%",)}


@dataclass(frozen=True)
class Block:
    """The header of a file and some lines of it, and how many lines between the two were left out."""

    path: str
    header: bytes
    lines: bytes
    left_out: int

    @property
    def file(self) -> TextFile:
        """The block as a file of its own."""
        try:
            return TextFile.of(self.path, self.header + self.lines)
        except DataError:
            return self.in_place

    @property
    def in_place(self) -> TextFile:
        """The same, with a blank line for each that was left out, so that every line has its number."""
        return TextFile.of(self.path, self.header + b"\n" * self.left_out + self.lines)


def open_text(path: str, layout: str, columns: Columns, n_numbers: int) -> ShardFile:
    """Return how a text file is read, about `n_numbers` numbers at a time."""
    size = 8 * n_numbers
    if layout not in ("csv", "wide", "long"):
        return ShardFile(path, lambda: _pieces(path, layout, columns, size), one_length=layout != "ts")
    head = next(blocks(path, layout, min(size, 2**16)))
    names, place = read_header(head.file), f"{path}, line 1"
    if layout == "long" or (layout == "csv" and columns.is_long(names, place)):
        chosen = long_columns(names, columns, place)
        return ShardFile(
            path, lambda: _long_pieces(path, layout, columns, chosen, max(size, ANY_ORDER)), chosen.channels
        )
    words = wide_columns(names, columns, place).words
    values = tuple(name for name in names if name not in words)
    return ShardFile(path, lambda: _pieces(path, layout, columns, size), values, one_length=True)


def blocks(path: str, layout: str, size: int) -> Iterator[Block]:
    """Yield the file in blocks of whole records, each of about `size` bytes or one record.

    Raises
    ------
    DataError
        If the file cannot be read, is no text, or one record of it is longer than anyone means.
    """
    with telling_damage(path), _unpacked(path) as file:
        find, header = HEADERS.get(layout), b""
        rest, more = file.read(size).removeprefix(codecs.BOM_UTF8), b"."
        if find is not None:
            while not (found := find(rest)) and (more := file.read(size)):
                rest = _longer(path, rest, more)
            header = rest[: found.end()] if found else b""
            rest = rest[len(header) :]
        left_out, first = 0, True
        while more:
            more = file.read(size)
            end = _end_of_records(rest, quoted=find is _NAMES.match) if more else len(rest)
            lines, rest = rest[:end], _longer(path, rest[end:], more)
            if _holds_data(lines, layout) or (first and not more):
                yield Block(path, header, lines, left_out)
                first = False
            left_out += lines.count(b"\n")
        if first:
            yield Block(path, header, rest, 0)


def _pieces(path: str, layout: str, columns: Columns, size: int) -> Iterator[SeriesSet]:
    several = False
    for block, following in pairwise(chain(blocks(path, layout, size), [None])):
        assert block is not None
        several = several or following is not None
        yield _in_place(block, partial(_read, layout=layout, columns=replace(columns, in_pieces=several)))


def _read(file: TextFile, *, layout: str, columns: Columns) -> SeriesSet:
    return TEXT_READERS[layout](file, columns)


def _long_pieces(path: str, layout: str, columns: Columns, chosen: Layout, size: int) -> Iterator[SeriesSet]:
    tables = (_long_table(block, chosen) for block in blocks(path, layout, size))
    for table in whole_cases(tables, columns.case, columns.time):
        yield series_of_long(table, chosen, columns)


def _long_table(block: Block, chosen: Layout) -> Table:
    table = _in_place(block, lambda file: read_long_table(file, chosen))
    return replace(table, place=_Places(block, Form(read_header(block.file))))


@dataclass(frozen=True)
class _Places:
    """Tells the line of a row of a block."""

    block: Block
    form: Form

    def __call__(self, row: int) -> str:
        return line_of(self.block.in_place, self.form, row)


def _in_place(block: Block, read: Callable[[TextFile], T]) -> T:
    """Read a block; if something is wrong with it, once more in its place, so that the right line is told."""
    try:
        return read(block.file)
    except DataError:
        if block.left_out:
            read(block.in_place)
        raise


def _longer(path: str, rest: bytes, more: bytes) -> bytes:
    if len(rest) + len(more) > UNASKED:
        raise DataError(
            f"{path}: a line of more than {UNASKED:,} bytes arrived, or a quotation mark that is not closed, expected "
            "a case for each line; check how it was written"
        )
    return rest + more


def _end_of_records(lines: bytes, *, quoted: bool) -> int:
    """Return where the last whole record ends, after a multiple of `TOGETHER` where there are so many; 0 if none does.

    A line that ends within quotation marks goes on.
    """
    letters = np.frombuffer(lines, dtype=np.uint8)
    ends = np.flatnonzero(letters == ord("\n")) + 1
    if quoted and b'"' in lines:
        open_quotes = np.cumsum(letters == ord('"')) % 2
        ends = ends[open_quotes[ends - 1] == 0]
    if len(ends) >= TOGETHER:
        return int(ends[len(ends) // TOGETHER * TOGETHER - 1])
    return int(ends[-1]) if len(ends) else 0


def _holds_data(lines: bytes, layout: str) -> bool:
    """Whether there is a line that is neither blank nor a remark."""
    remarks = REMARKS.get(layout, ())
    return any(line.strip() and not line.strip().startswith(remarks) for line in lines.splitlines())


@contextmanager
def _unpacked(path: str) -> Iterator[IO[bytes]]:
    with open(path, "rb") as raw:
        if path.lower().endswith(".gz"):
            with gzip.GzipFile(fileobj=raw) as file:
                yield cast(IO[bytes], file)
        else:
            yield raw
