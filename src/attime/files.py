"""Whole files or none: results are written beside their target and moved into place when they are complete."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from attime.errors import OutputError


def output_folder(path: str | os.PathLike[str]) -> Path:
    """Return `path` as an existing folder, made if needed.

    Raises
    ------
    OutputError
        If a file is in the way or the folder cannot be made.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be used as a folder ({error.strerror}); choose another place") from error
    return folder


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to; on leaving without an error it becomes `path`, else nothing is left.

    An older file at `path` stays untouched until the new one is complete.

    Raises
    ------
    OutputError
        If the folder is missing or cannot be written to, or the disk is full.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "greeting.txt"
    >>> with whole_file(target) as unfinished:
    ...     _ = unfinished.write_text("hello")
    >>> target.read_text()
    'hello'
    """
    target = Path(os.path.realpath(path))  # through a link, which would else be replaced itself
    unfinished: Path | None = None
    try:
        if target.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if target.exists() and not target.is_file():
            raise OSError(None, "it is a device or a pipe, not a file")
        # Made by hand rather than by NamedTemporaryFile, whose files nobody else may read.
        handle, name = tempfile.mkstemp(dir=target.parent or ".", prefix=f".{target.name}.", suffix=target.suffix)
        os.close(handle)
        unfinished = Path(name)
        yield unfinished
        with open(unfinished, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(unfinished, 0o666 & ~_umask())
        os.replace(unfinished, target)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{target}: cannot be written ({error.strerror or error}); choose another place") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


class _OnlyLooking(Exception):
    """Leaves `whole_file` before there is anything to keep."""


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def write_json(value: object, path: str | os.PathLike[str]) -> None:
    """Write a value as indented JSON; NaN and infinities, which JSON does not know, are refused.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    document = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with whole_file(path) as unfinished:
        unfinished.write_text(document, encoding="utf-8")


def check_file(path: str | os.PathLike[str]) -> None:
    """See, before any work is done, that `whole_file` could write to `path`; nothing is left there.

    Raises
    ------
    OutputError
        If it could not.

    Examples
    --------
    >>> check_file("/dev/null/model.attime")
    Traceback (most recent call last):
    attime.errors.OutputError: /dev/null/model.attime: cannot be written (Not a directory); choose another place
    """
    with suppress(_OnlyLooking), whole_file(path):
        raise _OnlyLooking


def check_folder(path: str | os.PathLike[str]) -> None:
    """See, before any work is done, that `output_folder` could make a folder at `path`; nothing is left there.

    Raises
    ------
    OutputError
        If it could not.
    """
    nearest = Path(path).absolute()
    while not nearest.exists():
        nearest = nearest.parent
    if not nearest.is_dir():
        raise OutputError(f"{path}: cannot be used as a folder ({nearest} is a file); choose another place")
    check_file(nearest / ".attime")
