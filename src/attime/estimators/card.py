"""The model card: what stands in a model file, as a page of Markdown for whoever is to use the model."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attime.errors import ModelFileError
from attime.estimators.facts import KINDS, facts_of
from attime.estimators.wording import Facts
from attime.files import whole_file
from attime.persistence import in_line, read_model

SPECIAL = re.compile(r"([\\`*_|<>\[\]#])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def model_card(path: str | os.PathLike[str]) -> str:
    """Return the card of a model file, in Markdown. Whatever it says stands in the file.

    Raises
    ------
    ModelFileError
        If the file is no model, or is damaged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> from attime import AttentionDetector
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.attime"
    >>> AttentionDetector(window=20, alarm_rate=20).fit(np.sin(np.arange(500.0))).save(path)
    >>> print(model_card(path).splitlines()[2])
    An `AttentionDetector`: says which steps of a series are out of the ordinary.
    """
    file = read_model(path)
    kind = file.specification.get("estimator")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ModelFileError(f"{path}: holds the model {in_line(kind)}, expected one of {', '.join(KINDS)}")
    try:
        return _page(Path(path).name, KINDS[kind].what, kind, KINDS[kind].command, facts_of(file))
    except Exception as error:  # what does not fit together breaks in a dozen ways
        raise ModelFileError(f"{path}: the model in it does not fit together; save it again") from error


def card_place(path: str | os.PathLike[str]) -> Path:
    """Return where the card of a model file is written if nobody says otherwise.

    Examples
    --------
    >>> card_place("model.attime").name
    'model.card.md'
    """
    return Path(path).with_name(Path(path).name.removesuffix(".attime") + ".card.md")  # of each file its own


def write_card(path: str | os.PathLike[str], place: str | os.PathLike[str] | None = None) -> None:
    """Write the card of a model file to `place`, beside the file if not given.

    Raises
    ------
    ModelFileError
        If the file is no model, or is damaged.
    OutputError
        If the card cannot be written.
    """
    page = model_card(path)
    with whole_file(card_place(path) if place is None else place) as unfinished:
        unfinished.write_text(page, encoding="utf-8")


def _page(name: str, what: str, kind: str, command: str, facts: Facts) -> str:
    lines = [f"# {_plain(name)}", "", f"An `{kind}`: {what}.", ""]
    for heading, rows in facts.tables.items():
        if rows:
            lines += [f"## {heading}", "", "| | |", "|---|---|"]
            lines += [f"| {_plain(label)} | {_plain(value)} |" for label, value in rows.items()]
            lines.append("")
    lines += ["## What to know before it is used", ""]
    lines += [f"- {_plain(limit)}" for limit in facts.limits]
    quoted = "".join(character for character in name if character not in "\"\\`'" and character.isprintable())
    lines += [
        "",
        "## How to use it",
        "",
        "```python",
        "import attime",
        "",
        f'model = attime.load("{quoted}")',
        "```",
        "",
        f"On the command line: `{command.format(model=quoted)}`. Nothing in the file is run when it is loaded.",
        "",
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return text that means nothing to Markdown, on one line."""
    return SPECIAL.sub(r"\\\1", CONTROL.sub(" ", text))
