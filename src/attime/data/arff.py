"""Reader of .arff files: one case a line, plain, or relational with quoted text that holds the channels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attime.data.cells import MISSING
from attime.data.header import LONGEST_NAME, Columns, labels_of
from attime.data.labels import labels_from
from attime.data.ragged import Case, read_cases, refuse_uneven_cases
from attime.data.series import SeriesSet
from attime.data.table import Form, read_table
from attime.data.text import TextFile, shown
from attime.errors import DataError
from attime.names import name_hint

#: A name, which may be quoted, and what follows it.
ATTRIBUTE = re.compile(r"""('[^']*'|"[^"]*"|[^\s'"{]+)\s*(.*)""")

#: Quoted text, and what follows it.
QUOTED = re.compile(r"""(?:'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)")\s*(?:,(.*))?""")

#: Names that make the last attribute the label, even if it is a number.
LABEL_NAMES = ("class", "target")


@dataclass(frozen=True)
class Attribute:
    """A column: its kind is "number", "word" or "relation", and its classes those that are listed."""

    name: str
    kind: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The line of ``@data``, the attributes, and how many steps each channel of a relation has."""

    data: int
    attributes: tuple[Attribute, ...]
    n_steps: int

    @property
    def names(self) -> tuple[str, ...]:
        """What the attributes are called."""
        return tuple(attribute.name for attribute in self.attributes)

    @property
    def is_relational(self) -> bool:
        """Whether the cases have several channels."""
        return any(attribute.kind == "relation" for attribute in self.attributes)


def read_arff(file: TextFile, columns: Columns) -> SeriesSet:
    r"""Read an .arff file; in a relational one, ``'1,2\n3,?',up`` is a case of two channels and two steps.

    Without `target`, the last attribute is the label if it is nominal, or called class or target.

    Raises
    ------
    DataError
        If the file cannot be used, or does not hold what its header promises; the message names the line.
    """
    header = _header(file)
    label = _label(file, header, columns)
    lines = file.content.split("\n")[header.data :]
    body = [line.strip() if line.strip() and line.strip()[0] != "%" else "" for line in lines]
    for number, line in enumerate(body, start=header.data + 1):
        if line.startswith("{"):
            raise file.error(number, "a case in braces arrived, expected all values; save it without sparse cases")
    if header.is_relational:
        return _relational(file, header, columns, label, body)
    for attribute in header.attributes:
        if attribute.kind != "number" and attribute != label:
            raise DataError(f"{file.path}: attribute {shown(attribute.name)} holds words, expected numbers; remove it")
    words = (label.name,) if label else ()
    if len(words) == len(header.names):
        raise DataError(f"{file.path}: no attribute holds values, expected one per time step; add them")
    data = TextFile(file.path, "\n" * header.data + "\n".join(body))  # every line keeps its number
    remedy = "correct it, or write ? if nothing was measured"
    form = Form(header.names, words, header=False, missing=(*MISSING, "?"), quote="'", remedy=remedy)
    table = read_table(data, form)
    table.refuse_empty_rows()
    labels = labels_of(table, label.name, needed=columns.need_target, classes=label.classes) if label else None
    return SeriesSet.of(table.numbers, labels, source=file.path)


def _relational(
    file: TextFile, header: Header, columns: Columns, label: Attribute | None, body: Sequence[str]
) -> SeriesSet:
    if header.attributes[0].kind != "relation" or header.attributes[1:] not in ((), (label,)):
        raise DataError(
            f"{file.path}: attributes {', '.join(header.names)[:200]} arrived, expected one relational attribute, and "
            "behind it at most the label; remove the others"
        )
    cases, words = [], []
    for number, line in enumerate(body, start=header.data + 1):
        if not line:
            continue
        parts = QUOTED.fullmatch(line)
        if parts is None or (parts[3] is None) != (len(header.attributes) == 1):
            raise file.error(
                number, "the channels and the label cannot be told apart, expected quoted text, a comma and a label as "
                "the header says; check the quotation marks"
            )  # fmt: skip
        channels = (parts[1] or parts[2] or "").removesuffix(r"\n").split(r"\n")
        for place, channel in enumerate(channels):
            if channel.count(",") + 1 != header.n_steps:
                raise file.error(
                    number, f"{channel.count(',') + 1} steps arrived in channel {place} (counting from 0), expected "
                    f"{header.n_steps} as the header says; correct the line"
                )  # fmt: skip
        cases.append(Case(number, channels))
        words.append(_unquoted(parts[3] or ""))
    refuse_uneven_cases(file, cases)
    labels = None
    if label is not None:
        labels = labels_from(
            words, lambda row, message: file.error(cases[row].line, message), classes=label.classes,
            needed=columns.need_target,
        )  # fmt: skip
    return SeriesSet.of(read_cases(file, cases), labels, source=file.path)


def _header(file: TextFile) -> Header:
    attributes: list[Attribute] = []
    names: set[str] = set()
    inner: int | None = None  # how many attributes the relation has that is being read
    n_steps = 0
    for number, line in enumerate(file.content.split("\n"), start=1):
        words = line.split(maxsplit=1)
        if not words or words[0].startswith("%"):
            continue
        match words[0].lower():
            case "@data":
                if not attributes or inner is not None:
                    raise file.error(number, "@data arrived before the attributes were complete; check the header")
                return Header(number, tuple(attributes), n_steps)
            case "@relation":
                pass
            case "@end":
                inner = None
            case "@attribute":
                attribute = _attribute(file, number, "".join(words[1:]))
                if inner is not None:
                    n_steps = inner = inner + 1
                    continue
                if attribute.name in names:
                    raise file.error(number, f"attribute {shown(attribute.name)} arrived a second time; rename one")
                names.add(attribute.name)
                attributes.append(attribute)
                inner = 0 if attribute.kind == "relation" else None
            case other:
                raise file.error(
                    number, f"{shown(other)} arrived before @data, expected @relation, @attribute or @end; "
                    f"{name_hint(other[:40], ('@relation', '@attribute', '@end', '@data'))}"
                )  # fmt: skip
    raise DataError(f"{file.path}: no line @data arrived, expected one before the series; check that the file is whole")


def _attribute(file: TextFile, number: int, text: str) -> Attribute:
    parts = ATTRIBUTE.fullmatch(text.strip())
    name, kind = (_unquoted(parts[1]), parts[2].strip()) if parts else ("", "")
    if kind.startswith("{") and kind.endswith("}"):
        return Attribute(name, "word", tuple(_unquoted(word) for word in kind[1:-1].split(",")))
    kinds = {**dict.fromkeys(("numeric", "real", "integer"), "number"), "string": "word", "relational": "relation"}
    if kind.lower() not in kinds or len(name) > LONGEST_NAME:
        raise file.error(
            number, f"attribute {shown(text)} arrived, expected a short name and then numeric, string, relational, "
            "or classes in braces; remove it, or save it as one of these"
        )  # fmt: skip
    return Attribute(name, kinds[kind.lower()])


def _label(file: TextFile, header: Header, columns: Columns) -> Attribute | None:
    if columns.target is not None:
        name = columns.label_column(header.names, file.path)
        return next((attribute for attribute in header.attributes if attribute.name == name), None)
    last = header.attributes[-1]
    is_label = (
        last.kind == "word" or last.name.lower() in LABEL_NAMES or (header.is_relational and last.kind == "number")
    )
    return last if is_label else None


def _unquoted(word: str) -> str:
    word = word.strip()
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word
