"""Whole files or none: results are written beside their target and moved into place when they are complete."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import IO

from attime.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows has no locks of this kind; what is abandoned there stays
    fcntl = None  # type: ignore[assignment]


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
        _remove_abandoned(target)
        # Made by hand rather than by NamedTemporaryFile, whose files nobody else may read.
        handle, name = tempfile.mkstemp(dir=target.parent or ".", prefix=f".{target.name}.", suffix=target.suffix)
        unfinished = Path(name)
        with os.fdopen(handle) as held:
            _lock(held)
            yield unfinished
        with open(unfinished, "r+b") as written:  # what may not be written to, Windows does not bring to the disk
            os.fsync(written.fileno())
        os.chmod(unfinished, 0o666 & ~_UMASK)
        os.replace(unfinished, target)
        _settle(target.parent)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{target}: cannot be written ({error.strerror or error}); choose another place") from error
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


_UMASK = _umask()  # once, for to ask is to change it for a moment


class _OnlyLooking(Exception):
    """Leaves `whole_file` before there is anything to keep."""


def _settle(folder: Path) -> None:
    """Wait until the disk knows the names in a folder, so that a file that was put in place is there after a crash.

    Not every system can do that with a folder; the file is in its place all the same, and its content on the disk.
    """
    with suppress(OSError):
        names = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(names)
        finally:
            os.close(names)


def _lock(file: IO[str]) -> None:
    """Take hold of a file, where that can be done, until it is closed or the process ends."""
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_abandoned(target: Path) -> None:
    """Remove what processes that were killed have left of files to be put there."""
    remove_unheld(target.parent.glob(f".{escape(target.name)}.????????{escape(target.suffix)}"))


def remove_unheld(unfinished: Iterable[Path]) -> None:
    """Remove unfinished files of `whole_file` that no process holds any more."""
    if fcntl is None:
        return
    for path in unfinished:
        with suppress(OSError), path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


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
