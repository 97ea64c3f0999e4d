"""From a name to the thing it names: where a string becomes an object, and where a typo is answered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from attime.errors import OptionError

T = TypeVar("T")
MOST_NAMES = 12
LONGEST = 80  # characters of a name that are told back


def pick(table: Mapping[str, T], name: str, *, what: str) -> T:
    """Return ``table[name]``, or say which names there are and which one was probably meant.

    Raises
    ------
    OptionError
        If `name` is not in the table.

    Examples
    --------
    >>> pick({"dot": 1, "additive": 2}, "additive", what="score")
    2
    >>> pick({"dot": 1, "additive": 2}, "aditive", what="score")
    Traceback (most recent call last):
    attime.errors.OptionError: score 'aditive' is unknown, expected one of dot, additive; did you mean 'additive'?
    """
    if isinstance(name, str) and name in table:
        return table[name]
    hint = _did_you_mean(str(name)[:LONGEST], list(table)) or "choose one of these"
    told = repr(name) if len(str(name)) <= LONGEST else f"{str(name)[:LONGEST]!r}…"
    raise OptionError(f"{what} {told} is unknown, expected one of {', '.join(table)}; {hint}")


def name_hint(name: str, known: Iterable[str]) -> str:
    """Return what to try instead of `name`: the most similar known one, or else all of them (at most twelve).

    Examples
    --------
    >>> name_hint("lable", ["label", "time"])
    "did you mean 'label'?"
    >>> name_hint("x", ["label", "time"])
    'known are label, time'
    """
    names = list(known)
    listed = f"known are {', '.join(names[:MOST_NAMES])}{', …' if len(names) > MOST_NAMES else ''}"
    return _did_you_mean(name, names) or listed


def _did_you_mean(name: object, known: Sequence[str]) -> str:
    """Ask for the most similar name; nothing if none is similar."""
    similar = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean {similar[0]!r}?" if similar else ""
