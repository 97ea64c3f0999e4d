"""Recording a run: what it says of itself goes to keepers, beside what it is known by."""

from __future__ import annotations

import datetime
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from attime.events import LOGGER
from attime.records.manifest import READ, WRITTEN, Ended, Manifest, facts_of_files, this_process, versions

RESULT, TRAINED = "result", "trained"
OF_TRAININGS = frozenset({"epoch", TRAINED})  # a run may train several networks, one after the other


@dataclass(frozen=True)
class Event:
    """Something that happened in a run.

    Attributes
    ----------
    seconds
        Since the run began.
    kind
        ``"epoch"``, ``"trained"``, ``"trial"``, ``"result"``, ``"warning"``, …
    facts
        What is to be known of it.
    """

    seconds: float
    kind: str
    facts: Mapping[str, Any]


class Keeper(Protocol):
    """Where records go."""

    def begin(self, manifest: Manifest) -> None:
        """Take note of what is about to happen.

        Raises
        ------
        OutputError
            If nothing can be kept there.
        """

    def keep(self, event: Event) -> None:
        """Take note of what has happened."""

    def end(self, manifest: Manifest) -> None:
        """Take note of how it ended, and close."""


class _Listener(logging.Handler):
    """Hands events to keepers, and remembers results. A keeper that fails is given up: the run is worth more."""

    def __init__(self, keepers: Sequence[Keeper]) -> None:
        super().__init__(logging.INFO)
        self.keepers, self.start = list(keepers), time.perf_counter()
        self.result: dict[str, float] = {}
        self.n_trained = 0

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self.start, 3)

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "facts"):
            return  # plain text, of no event
        kind, facts = record.event, record.facts  # type: ignore[attr-defined]
        if kind in OF_TRAININGS:
            facts = {"training": self.n_trained + 1, **facts}
        event = Event(self.seconds, kind, facts)
        self.n_trained += kind == TRAINED
        if kind == RESULT:
            self.result |= facts
        self.tell(lambda keeper: keeper.keep(event))

    def tell(self, what: Callable[[Keeper], None]) -> None:
        for keeper in tuple(self.keepers):
            try:
                what(keeper)
            except Exception as error:  # of a disk, a server, a library of others
                self.keepers.remove(keeper)
                warnings.warn(f"{type(keeper).__name__} keeps no more records of this run ({error})", stacklevel=2)


@contextmanager
def recording(
    keepers: Sequence[Keeper],
    *,
    command: Sequence[str] = (),
    configuration: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Record what happens inside.

    Parameters
    ----------
    keepers
        Where records go: `Folder`, `Tensorboard`, `Mlflow`.
    command
        The words of the command that is run.
    configuration
        All options by name. Files that are read (``data``, ``train``, ``test``, ``model``, …) or written (``out``,
        ``save``, ``report``, …) are told by their content.

    Raises
    ------
    OutputError
        If a keeper cannot keep anything.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from attime.events import announce
    >>> from attime.records import Folder, read_run, recording
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "run"
    >>> with recording([Folder(folder)], configuration={"random_state": 0}):
    ...     announce("result", {"accuracy": 0.9})
    >>> read_run(folder).manifest.result
    {'accuracy': 0.9}
    """
    options = dict(configuration or {})
    begun = time.time()
    inputs = facts_of_files(_named(options, READ))
    manifest = Manifest(
        command=tuple(command),
        configuration=options,
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        inputs=inputs,
        versions=versions(),
        seed=options.get("random_state"),
        process=this_process(),
    )
    for keeper in keepers:
        keeper.begin(manifest)
    listener, level, propagate = _Listener(keepers), LOGGER.level, LOGGER.propagate
    LOGGER.propagate = propagate and LOGGER.isEnabledFor(
        logging.INFO
    )  # or whoever logs warnings alone would get events
    LOGGER.addHandler(listener)
    LOGGER.setLevel(logging.INFO)
    ended: Ended = "failed"
    error: str | None = None
    try:
        yield
        ended = "finished"
    except KeyboardInterrupt:
        ended = "interrupted"
        raise
    except BaseException as wrong:
        error = str(wrong) or type(wrong).__name__
        raise
    finally:
        LOGGER.removeHandler(listener)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
        last = replace(
            manifest,
            outputs=facts_of_files(_named(options, WRITTEN), since=begun),
            seconds=listener.seconds,
            ended=ended,
            error=error,
            result=listener.result,
        )
        listener.tell(lambda keeper: keeper.end(last))


def _named(options: Mapping[str, Any], names: Set[str]) -> Iterator[str]:
    """Go through what options of some names say."""
    return (text for name in options if name in names for text in _texts(options[name]) if text)


def _texts(value: object) -> Iterator[str]:
    """Go through all texts in a value of mappings and sequences."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
