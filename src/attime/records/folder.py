"""A folder as keeper: ``manifest.json``, and ``log.jsonl`` with a line of JSON for each event."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attime.errors import DataError, OutputError
from attime.files import output_folder, whole_file, write_json
from attime.records.manifest import FORMAT, Manifest, is_alive
from attime.records.plain import plain
from attime.records.recording import Event

MANIFEST, LOG = "manifest.json", "log.jsonl"


@dataclass(frozen=True)
class Folder:
    """Keep a run in a folder of its own.

    A run that was killed may be begun again there with the same options and data, and so may a command whatever its
    end; the log goes on. What asks for anything else is another run.

    Parameters
    ----------
    path
        The folder; made if needed.
    """

    path: str | os.PathLike[str]

    def begin(self, manifest: Manifest) -> None:
        """Write the manifest of a run that has not ended.

        Raises
        ------
        OutputError
            If the folder cannot be written to, or holds the record of another run, or of one that still goes on.
        """
        folder = output_folder(self.path)
        if (folder / MANIFEST).exists():
            found = read_run(folder).manifest
            was_killed = found.ended == "running"
            goes_on = was_killed and is_alive(found.process)
            if goes_on or not (_is_same(found, manifest) and (was_killed or found.command)):
                state = "a run that still goes on" if goes_on else "another run"
                raise OutputError(f"{folder}: holds the record of {state}; give a new folder, or remove this one")
        write_json(plain(manifest.to_json()), folder / MANIFEST)
        if (folder / LOG).exists():  # less a line that a killed process left unfinished
            with whole_file(folder / LOG) as unfinished:
                unfinished.write_text("".join(_whole_lines(folder / LOG)), encoding="utf-8")
        self._append({"at": 0.0, "event": "begin"})

    def keep(self, event: Event) -> None:
        """Add a line to the log."""
        self._append({"at": event.seconds, "event": event.kind, **event.facts})

    def end(self, manifest: Manifest) -> None:
        """Write how the run ended."""
        self._append({"at": manifest.seconds, "event": "end", "ended": manifest.ended})
        write_json(plain(manifest.to_json()), Path(self.path) / MANIFEST)

    def _append(self, entry: dict[str, Any]) -> None:
        """Write a line at once, so that a run that is killed has said all that it knew."""
        line = json.dumps(plain(entry), allow_nan=False)  # in ASCII, in which nothing else ends a line or is cut
        try:
            with (Path(self.path) / LOG).open("a", encoding="utf-8") as log:
                log.write(line + "\n")
        except OSError as error:
            raise OutputError(f"{self.path}: the log cannot be written ({error.strerror})") from error


@dataclass(frozen=True)
class Run:
    """A run, as its folder tells it.

    Attributes
    ----------
    name
        Of the folder.
    manifest
        What it is known by.
    events
        What happened, in order.
    """

    name: str
    manifest: Manifest
    events: tuple[Event, ...]


def read_run(path: str | os.PathLike[str]) -> Run:
    """Read the record of a run.

    Raises
    ------
    DataError
        If the folder holds none, or a damaged one.
    """
    folder = Path(path)
    if not folder.is_dir():
        state = "is no folder" if folder.exists() else "there is no such folder"
        raise DataError(f"{folder}: {state}; give one that '--record' has written")
    if not (folder / MANIFEST).is_file():
        raise DataError(f"{folder}: holds no {MANIFEST}, nor does a folder in it; give one that '--record' has written")
    try:
        document = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise DataError(f"{folder}: a record of format {document['format']}, this version of attime reads {FORMAT}")
        manifest = Manifest.from_json(document)
        begun = manifest.ended != "running" or (folder / LOG).exists()  # or killed before it could say anything
        events = tuple(map(_event, _whole_lines(folder / LOG))) if begun else ()
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{folder}: the record in it is damaged ({error}); remove it") from error
    return Run(folder.resolve().name, manifest, events)


def _is_same(one: Manifest, other: Manifest) -> bool:
    """Return whether two runs are the same command, or none, with the same options and data."""
    asked, again = (plain(run.to_json()) for run in (one, other))
    return asked["command"][:1] == again["command"][:1] and all(
        asked[name] == again[name] for name in ("configuration", "inputs")
    )


def _whole_lines(path: Path) -> list[str]:
    """Return the lines of a log, less a last one that a killed process left unfinished."""
    return [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]


def _event(line: str) -> Event:
    entry = json.loads(line)
    return Event(entry.pop("at"), entry.pop("event"), entry)
