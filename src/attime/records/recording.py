"""Recording a run: what it says of itself goes to keepers, beside what it is known by."""

from __future__ import annotations

import datetime
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Protocol

from attime.events import LOGGER
from attime.records.manifest import READ, WRITTEN, Ended, Manifest, facts_of_files, this_process, versions
from attime.records.plain import unboxed, writable

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
        self.was_cut_short = False

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self.start, 3)

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "facts"):
            return  # plain text, of no event
        kind: str = record.event  # type: ignore[attr-defined]
        facts = {name: unboxed(value) for name, value in record.facts.items()}
        if kind in OF_TRAININGS:
            facts = {"training": self.n_trained + 1, **facts}
        event = Event(self.seconds, kind, facts)
        self.n_trained += kind == TRAINED
        self.was_cut_short |= kind == TRAINED and facts.get("ended") == "interrupted"
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
        If a keeper cannot keep anything; to those that have begun by then, the run has failed.

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
    own = [place for keeper in keepers if (place := getattr(keeper, "path", None)) is not None]
    inputs = _writable(facts_of_files(_named(options, READ), without=own))
    manifest = Manifest(
        command=tuple(map(writable, command)),
        configuration=_writable(options),
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        inputs=inputs,
        versions=versions(),
        seed=options.get("random_state"),
        process=this_process(),
    )
    _begin(keepers, manifest)
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
        ended = "interrupted" if listener.was_cut_short else "finished"
    except BaseException as wrong:
        ended, error = _end_of(wrong)
        raise
    finally:
        LOGGER.removeHandler(listener)
        LOGGER.setLevel(level)
        LOGGER.propagate = propagate
        last = replace(
            manifest,
            outputs=_writable(facts_of_files(_named(options, WRITTEN), since=begun, without=own)),
            seconds=listener.seconds,
            ended=ended,
            error=error,
            result=listener.result,
        )
        listener.tell(lambda keeper: keeper.end(last))


def _begin(keepers: Sequence[Keeper], manifest: Manifest) -> None:
    """Begin with all keepers or with none: where one refuses, the run has failed for those before it."""
    with ExitStack() as begun:
        for keeper in keepers:
            keeper.begin(manifest)
            begun.push(partial(_refused, keeper, manifest))
        begun.pop_all()


def _refused(
    keeper: Keeper,
    manifest: Manifest,
    _kind: type[BaseException] | None,
    wrong: BaseException | None,
    _trace: TracebackType | None,
) -> None:
    assert wrong is not None
    ended, error = _end_of(wrong)
    with suppress(Exception):  # what was wrong first counts
        keeper.end(replace(manifest, ended=ended, error=error))


def _end_of(wrong: BaseException) -> tuple[Ended, str | None]:
    """Return how a run ended that was left by an exception, and what was wrong."""
    if isinstance(wrong, KeyboardInterrupt):
        return "interrupted", None
    return "failed", writable(str(wrong) or type(wrong).__name__)


def _writable(value: Any) -> Any:
    """Return a value in which all texts, also within mappings and sequences, can be written as UTF-8."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, Mapping):
        return {_writable(key): _writable(part) for key, part in value.items()}
    return [_writable(part) for part in value] if isinstance(value, list | tuple) else value


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
