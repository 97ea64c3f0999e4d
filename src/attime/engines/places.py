"""Where results go: to one file, or to a file for each in a folder, and never over the series themselves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from attime.data.read import FORMATS
from attime.errors import OptionError


def names_of(files: Sequence[str]) -> dict[str, str]:
    """Return what each file is called, which is its path below the folder that all have in common.

    Examples
    --------
    >>> names_of(["data/a/1.csv", "data/b/1.csv"])
    {'data/a/1.csv': 'a/1.csv', 'data/b/1.csv': 'b/1.csv'}
    """
    root = os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in files])
    return {path: Path(os.path.relpath(os.path.abspath(path), root)).as_posix() for path in files}


def results_of(files: Sequence[str], out: Path) -> dict[str, Path]:
    """Return where the result of each file is to be written: to `out`, or into `out` where that is a folder.

    Raises
    ------
    OptionError
        If it would be one of the files, or that of two files would be the same.
    """
    of_folder = out.is_dir() or not out.suffix
    places = {path: out / _as_csv(name) if of_folder else out for path, name in names_of(files).items()}
    given = {os.path.realpath(path) for path in files}
    owners: dict[Path, str] = {}
    for path, place in places.items():
        if os.path.realpath(place) in given:
            raise OptionError(f"{place}: the result would take the place of the series; give another folder or file")
        if of_folder and owners.setdefault(place, path) != path:
            raise OptionError(f"{place}: would be the result of {owners[place]} and of {path}; rename one of them")
    return places


def _as_csv(name: str) -> str:
    """Return the name of a table instead of that of a file of series."""
    plain, ending = os.path.splitext(name[: -len(".gz")] if name.lower().endswith(".gz") else name)
    return f"{plain}.csv" if ending.lower() in FORMATS else f"{name}.csv"
