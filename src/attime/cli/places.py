"""No command writes over what it reads."""

from __future__ import annotations

import os

from jsonargparse import Namespace

from attime.errors import OptionError
from attime.records.manifest import READ, WRITTEN


def refuse_overwriting(options: Namespace) -> None:
    """See that no file to be written is one that is read.

    Raises
    ------
    OptionError
        If one is.
    """
    read = [place for name in READ for place in _texts(options.get(name))]
    for name in WRITTEN:
        for place in _texts(options.get(name)):
            if other := next((one for one in read if _is_same(place, one)), None):
                raise OptionError(f"--{name} {place} arrived, which is read ({other}); write to another file")


def _texts(value: object) -> list[str]:
    return [part for part in (value if isinstance(value, list | tuple) else [value]) if isinstance(part, str) and part]


def _is_same(place: str, other: str) -> bool:
    """Whether two paths are one file; a part of an archive, such as ``data.npz:train``, is its archive."""
    if not os.path.isfile(place):
        return False
    return any(os.path.isfile(name) and os.path.samefile(place, name) for name in (other, other.rpartition(":")[0]))
