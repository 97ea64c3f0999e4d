"""Which files a path stands for: the one it names, all in a folder, or all that match a pattern."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from attime.data.numpy_files import labels_beside
from attime.data.read import FORMATS, layout_of
from attime.errors import DataError


def files_of(path: str) -> tuple[str, ...]:
    """Return the files in the order of their names.

    Of a folder those whose names end as attime knows them; not hidden ones, nor the labels ``y.npy`` of an ``X.npy``.

    Raises
    ------
    DataError
        If there are none, or they are of different forms.
    """
    if os.path.isdir(path):
        found = [name for name in sorted(glob.glob(os.path.join(glob.escape(path), "*"))) if _known(name)]
        if not found:
            raise DataError(
                f"{path}: no file of series is in this folder, expected names ending in {', '.join(FORMATS)}; for "
                f"files in folders within it give a pattern such as '{path}/**/*.csv'"
            )
    elif os.path.exists(path) or not glob.has_magic(path):
        return (path,)
    else:
        found = sorted(name for name in glob.glob(path, recursive=True) if os.path.isfile(name))
        if not found:
            raise DataError(f"{path}: no file matches this pattern, expected one at least; check the path")
    of_others = {name for name in map(_labels_of, found) if name}
    return tuple(name for name in found if name not in of_others)


def one_layout(files: tuple[str, ...]) -> str:
    """Return the layout that the endings of the names stand for.

    Raises
    ------
    DataError
        If there are several.
    """
    first = layout_of(files[0])
    other = next((name for name in files if layout_of(name) != first), None)
    if other is not None:
        raise DataError(
            f"{other}: a file of the form {layout_of(other)} arrived, expected {first} as in {files[0]}; give a "
            f"pattern that names one form, such as 'FOLDER/*{os.path.splitext(files[0])[1]}'"
        )
    return first


def _known(name: str) -> bool:
    ending = os.path.splitext(name.lower().removesuffix(".gz"))[1]
    return os.path.isfile(name) and not os.path.basename(name).startswith((".", "_")) and ending in FORMATS


def _labels_of(name: str) -> str | None:
    beside = labels_beside(Path(name)) if name.lower().endswith(".npy") else None
    return None if beside is None else str(beside)
