"""The place of one training in a folder of checkpoints: where it stands, the state before, and what it ended in."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from attime.errors import ModelFileError, OptionError, OutputError
from attime.training.fingerprint import THREADS, Fingerprint, told_difference
from attime.training.processes import is_first
from attime.training.signals import Signals
from attime.training.state_file import State, read_state, write_state

COMPLETE = "complete.json"  # there once nothing is left to be done


class CheckpointWarning(UserWarning):
    """A checkpoint could not be read or written; the run goes on without it."""


@dataclass(eq=False)
class Checkpoints:
    """The folder of one run.

    Attributes
    ----------
    folder
        Where it is.
    every
        Seconds from one save to the next.
    signals
        What asks for an end.
    n_begun
        Trainings so far.
    kept
        False once the user has interrupted a training: what comes after it belongs to no undisturbed run.
    process
        The one that may write here; not those that it forks.
    """

    folder: Path
    every: float
    signals: Signals = field(default_factory=Signals)
    n_begun: int = 0
    kept: bool = True
    process: int = field(default_factory=os.getpid)


class Slot:
    """What the training loop asks; outside of `checkpointing` there is no folder, and nothing is kept."""

    def ended(self) -> State | None:
        """Return what the training came to; None if it did not come to its end."""
        return None

    def standing(self) -> State | None:
        """Return where the training stood; None if it is to begin."""
        return None

    def training(self) -> AbstractContextManager[None]:
        """Let signals wait for the end of an update."""
        return nullcontext()

    def updated(self, state: Callable[[], State]) -> None:
        """Save the state if it is time, or if a signal has asked for an end, which then comes."""

    def interrupted(self) -> None:
        """Keep nothing from now on: the training is to go on from where it was left."""

    def finish(self, state: Callable[[], State]) -> None:
        """Save what the training came to."""


class KeptSlot(Slot):
    """A slot in a folder.

    Parameters
    ----------
    checkpoints
        The folder.
    number
        Of the training.
    fingerprint
        What it depends on.
    """

    def __init__(self, checkpoints: Checkpoints, number: int, fingerprint: Fingerprint) -> None:
        self.checkpoints, self.fingerprint = checkpoints, fingerprint
        self.folder, self.name = checkpoints.folder, f"{number:04d}"
        self.end = self.folder / f"{self.name}-ended.safetensors"
        self.last: Path | None = None  # the last state that is known to be whole
        self.saved_at = time.monotonic()

    def ended(self) -> State | None:
        """Return what the training came to; None if it did not come to its end."""
        state = self._read(self.end)
        if state is None:
            _delete(self.folder / COMPLETE)
        return state

    def standing(self) -> State | None:
        """Return the last state that is whole; None if there is none."""
        for path in reversed(self._standing()):
            if state := self._read(path):
                self.last = path
                return state
        return None

    def training(self) -> AbstractContextManager[None]:
        """Let signals wait for the end of an update."""
        return self.checkpoints.signals.waiting()

    def updated(self, state: Callable[[], State]) -> None:
        """Save the state if it is time, or if a signal has asked for an end, which then comes."""
        signals = self.checkpoints.signals
        if signals.asked is not None or time.monotonic() - self.saved_at >= self.checkpoints.every:
            now = state()
            made = now.told["n_updates"] - now.told["updates_left"]
            path = self.folder / f"{self.name}-after-{made:09d}.safetensors"
            if self._write(path, now):
                _delete(*set(self._standing()) - {path, self.last})
                self.last = path
            self.saved_at = time.monotonic()
        signals.end_if_asked()

    def interrupted(self) -> None:
        """Keep nothing from now on: the training is to go on from where it was left."""
        self.checkpoints.kept = False

    def finish(self, state: Callable[[], State]) -> None:
        """Save what the training came to, and delete where it stood."""
        if self.checkpoints.kept and self._write(self.end, state()):
            _delete(*self._standing())
        self.checkpoints.signals.end_if_asked()

    def _standing(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.name}-after-*.safetensors"))

    def _read(self, path: Path) -> State | None:
        if not is_first() or not path.exists():  # the others are told by the first, which alone has the folder
            return None
        try:
            state = read_state(path)
        except ModelFileError as error:
            warnings.warn(f"{error}; what was saved before it is used instead", CheckpointWarning, stacklevel=2)
            return None
        if difference := told_difference(state.told["fingerprint"], self.fingerprint):
            raise OptionError(
                f"{self.folder}: holds checkpoints of another run ({difference}); run the same as then"
                f"{_how(state.told['fingerprint'], self.fingerprint)}, give another folder, or delete this one"
            )
        return state

    def _write(self, path: Path, state: State) -> bool:
        if not is_first():
            return False
        state.told["fingerprint"] = self.fingerprint
        with unless_full():
            write_state(path, state)
            return True
        return False


@contextmanager
def unless_full() -> Iterator[None]:
    """Make a warning of a checkpoint that cannot be written: the run itself is worth more."""
    try:
        yield
    except OutputError as error:
        told = f"the checkpoint was not saved, those before it stay, and the run goes on: {error}"
        warnings.warn(told, CheckpointWarning, stacklevel=4)


def _how(before: Fingerprint, now: Fingerprint) -> str:
    """Return how the number of threads is set, if that is what differs."""
    threads = before.get(THREADS)
    return f" (OMP_NUM_THREADS={threads})" if threads != now[THREADS] else ""


def standing_of(folder: str | os.PathLike[str]) -> tuple[int, int]:
    """Return how many trainings the checkpoints of a folder have brought to their end, and the updates of the next.

    Examples
    --------
    >>> standing_of("there is no such folder")
    (0, 0)
    """
    ended = {path.name.partition("-")[0] for path in Path(folder).glob("[0-9]*-ended.safetensors")}
    made = [path.stem.split("-") for path in Path(folder).glob("[0-9]*-after-[0-9]*.safetensors")]
    return len(ended), max((int(updates) for number, _, updates in made if number not in ended), default=0)


def _delete(*paths: Path | None) -> None:
    for path in paths:
        if path is not None and is_first():
            with suppress(OSError):  # what is left over does no harm
                path.unlink()
