"""What a run is known by: its command, its configuration, what it read and wrote, with what, and what came of it."""

from __future__ import annotations

import glob
import hashlib
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, get_args

FORMAT = 1
PACKAGES = ("attime", "torch", "numpy", "scipy", "scikit-learn", "pandas")
PIECE = 2**20  # bytes read at once
#: Options that name what is read.
READ = frozenset({"train", "test", "data", "model", "models", "load", "future", "examples", "runs", "config"})
#: Options that say where to write.
WRITTEN = frozenset({"out", "report", "events", "save", "checkpoint", "study", "onnx"})
COARSE = 2.0  # seconds to which a file system tells when a file was written
Ended = Literal["running", "finished", "failed", "interrupted"]
#: What JSON has to hold for each part of a manifest.
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "command": list,
    "configuration": dict,
    "started": str,
    "inputs": dict,
    "outputs": dict,
    "versions": dict,
    "process": str,
    "seconds": (int, float),
    "error": (str, type(None)),
    "result": dict,
}


@dataclass(frozen=True)
class FileFacts:
    """A file, or all files of a folder: how large, and what is in it.

    Attributes
    ----------
    size
        In bytes.
    sha256
        Of the content; of a folder, of the names and contents of all its files.
    """

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a run is known by.

    Attributes
    ----------
    command
        The words of the command, without ``attime``; empty for a run that was not started by a command.
    configuration
        All options, also those that were not given.
    inputs, outputs
        Files that the options in `READ` name, as they were before the run, and those in `WRITTEN`, as it wrote them.
    versions
        Of Python, attime and what numbers depend on.
    seed
        The option ``random_state``, if there is one.
    started
        When, as ISO 8601 in UTC.
    process
        The machine and the number of the process, as long as it runs.
    seconds
        How long the run took.
    ended
        How: ``"running"`` as long as it does, and forever if the process was killed.
    error
        What was wrong, if the run failed.
    result
        Numbers by name.
    """

    command: tuple[str, ...]
    configuration: Mapping[str, Any]
    started: str
    inputs: Mapping[str, FileFacts] = field(default_factory=dict)
    outputs: Mapping[str, FileFacts] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    process: str = ""
    seconds: float = 0.0
    ended: Ended = "running"
    error: str | None = None
    result: Mapping[str, float] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """How it ended; ``"killed"`` where it did not, and its process is gone from this machine."""
        is_here = self.process.rpartition(":")[0] == platform.node()
        is_gone = is_here and self.process != this_process() and not is_alive(self.process)
        return "killed" if self.ended == "running" and is_gone else self.ended

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"format": FORMAT, **asdict(self), "command": list(self.command)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Manifest:
        """Return the manifest that `to_json` made plain.

        Raises
        ------
        TypeError, KeyError
            If it is none.
        """
        told = {name: value for name, value in document.items() if name != "format"}
        for name, kind in KINDS.items():
            if name in told and not isinstance(told[name], kind):
                raise TypeError(f"{name} is {told[name]!r}")
        if told.get("ended", "running") not in get_args(Ended) or not all(isinstance(w, str) for w in told["command"]):
            raise TypeError(f"it ended {told.get('ended')!r}, and is the command {told['command']!r}")
        inputs, outputs = (
            {path: _facts_from(facts) for path, facts in told[side].items()} for side in ("inputs", "outputs")
        )
        found = cls(**told)
        return replace(found, command=tuple(found.command), inputs=inputs, outputs=outputs, result=dict(found.result))


def _facts_from(told: Mapping[str, Any]) -> FileFacts:
    facts = FileFacts(**told)
    if not isinstance(facts.size, int) or not isinstance(facts.sha256, str):
        raise TypeError(f"a file is {dict(told)!r}")
    return facts


def versions() -> dict[str, str]:
    """Return the versions of what the numbers of a run depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def this_process() -> str:
    """Return the machine and the number of this process."""
    return f"{platform.node()}:{os.getpid()}"


def is_alive(process: str) -> bool:
    """Whether another process of this machine still runs.

    Examples
    --------
    >>> is_alive(this_process())  # it is not another one
    False
    """
    machine, _, number = process.rpartition(":")
    if process == this_process() or machine != platform.node() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def facts_of_files(
    names: Iterable[str], *, since: float = 0.0, without: Iterable[str | os.PathLike[str]] = ()
) -> dict[str, FileFacts]:
    """Return what is in those of the named files and folders that exist and can be read.

    A part of an archive, such as ``data.npz:train``, stands for the archive, a pattern such as ``days/*.csv`` for the
    files that match it.

    Parameters
    ----------
    names
        Paths and patterns, or any other text, which is left out.
    since
        Leave out what was not written since then, in seconds since 1970.
    without
        Folders that do not count where they are within others, such as the record itself.

    Examples
    --------
    >>> facts_of_files(["there is no such file"])
    {}
    """
    left_out = [os.path.realpath(folder) for folder in without]
    found = {}
    for name in names:
        # A name that is none, a file that is gone by now or not for us: the run is worth more.
        with suppress(OSError, ValueError):
            path, files = _files_of(name)
            files = _outside(files, left_out)
            told = [file.stat() for file in files]
            if path is not None and (not since or any(one.st_mtime >= since - COARSE for one in told)):
                found[str(path)] = FileFacts(sum(one.st_size for one in told), _digest(files, path))
    return found


def _files_of(name: str) -> tuple[Path | None, list[Path]]:
    """Return what a name stands for, and the files in it; None where it is neither file, nor folder, nor pattern.

    Whatever else there is under a name, such as a pipe, would be gone once it is read.
    """
    for text in filter(None, (name, name.rpartition(":")[0])):
        path = Path(text)
        if path.is_file():
            return path, [path]
        if path.is_dir():
            return path, sorted(part for part in path.rglob("*") if part.is_file())
        if matching := sorted(part for part in map(Path, glob.glob(text, recursive=True)) if part.is_file()):
            return path, matching
    return None, []


def _outside(files: Sequence[Path], folders: Sequence[str]) -> list[Path]:
    """Return the files that are in none of the folders."""
    places = {file.parent: os.path.join(os.path.realpath(file.parent), "") for file in files}
    inside = {place for place, told in places.items() if any(told.startswith(f"{one}{os.sep}") for one in folders)}
    return [file for file in files if file.parent not in inside]


def _digest(files: Iterable[Path], path: Path) -> str:
    """Return one digest of the names and contents of the files of a folder, or of the content of a file alone."""
    digest = hashlib.sha256()
    for file in files:
        if file != path:
            digest.update(os.fsencode(file.relative_to(path) if path.is_dir() else file) + b"\0")
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                digest.update(piece)
    return digest.hexdigest()
