"""What a .ts file says about itself before its data: lines such as ``@univariate false``."""

from __future__ import annotations

from dataclasses import dataclass, field

from attime.data.text import TextFile, shown
from attime.errors import DataError

FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Header:
    """What the header of a .ts file promises; None where it says nothing.

    Attributes
    ----------
    data
        The line of ``@data``, counted from 1.
    stamped
        Whether each value stands in brackets with its time.
    n_channels, n_steps
        How many channels each case has, and how many steps if all have the same number.
    labels
        What follows the last channel: "class", "number", or nothing ("").
    classes
        The classes that are listed.
    """

    data: int
    stamped: bool
    n_channels: int | None
    n_steps: int | None
    labels: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class _Tags:
    """The words after each tag, and the line on which it stands."""

    file: TextFile
    words: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def flag(self, tag: str) -> bool:
        """Return what is said to be true or false; false if nothing is said."""
        if tag not in self.words:
            return False
        word = "".join(self.words[tag][:1])
        if word.lower() not in FLAGS:
            raise self.file.error(self.lines[tag], f"@{tag} {shown(word)} arrived, expected true or false; correct it")
        return FLAGS[word.lower()]

    def count(self, tag: str) -> int | None:
        """Return a positive number, or None if nothing is said."""
        if tag not in self.words:
            return None
        word = "".join(self.words[tag][:1])
        if not (word.isascii() and word.isdigit() and len(word) < 18 and int(word)):
            raise self.file.error(
                self.lines[tag], f"@{tag} {shown(word)} arrived, expected a number above 0; correct it"
            )
        return int(word)


def read_ts_header(file: TextFile) -> Header:
    """Read the lines up to ``@data``. Upper and lower case are the same, and tags that say nothing here are left out.

    Raises
    ------
    DataError
        If there is no ``@data``, if it is not said whether there are labels, or a value is none that the tag can have.
    """
    tags = _Tags(file)
    for number, line in enumerate(file.content.split("\n"), start=1):
        words = line.split()
        if not words or words[0][0] in "#%":
            continue
        if words[0][0] != "@":
            raise file.error(number, f"{shown(line)} arrived before @data, expected a line that begins with # or @")
        tag = _plain(words[0])
        if tag == "data":
            return _header(tags, number)
        tags.words[tag], tags.lines[tag] = words[1:], number
    raise DataError(f"{file.path}: no line @data arrived, expected one before the series; check that the file is whole")


def _header(tags: _Tags, data: int) -> Header:
    if "classlabel" not in tags.words and "targetlabel" not in tags.words:
        raise tags.file.error(
            data, "neither @classLabel nor @targetLabel arrived before @data, expected one; add '@classLabel false' if "
            "there are no labels"
        )  # fmt: skip
    classes = tags.flag("classlabel")
    numbers = tags.flag("targetlabel")
    if classes and numbers:
        raise tags.file.error(
            tags.lines["targetlabel"], "@classLabel and @targetLabel arrived, expected one; remove one"
        )
    return Header(
        data=data,
        stamped=tags.flag("timestamps"),
        n_channels=1 if tags.flag("univariate") else tags.count("dimension"),
        n_steps=tags.count("serieslength") if tags.flag("equallength") else None,
        labels="class" if classes else "number" if numbers else "",
        classes=tuple(tags.words["classlabel"][1:]) if classes else (),
    )


def _plain(word: str) -> str:
    """Return the tag without what authors differ in: case, underscores, ``@dimension`` or ``@dimensions``."""
    tag = word[1:].lower().replace("_", "").rstrip(":")
    return "dimension" if tag == "dimensions" else tag
