"""Signals that ask for an end: in the midst of a training they wait until its state has been saved."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """What SIGINT and SIGTERM do between `heeded` and its end: what they did before, but not amid an update.

    A second signal is not made to wait. Only the main thread can be asked; elsewhere signals do what they always do.
    """

    def __init__(self) -> None:
        self.asked: int | None = None
        self._waits = False
        self._before = {int(number): signal.getsignal(number) for number in ENDING}

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Receive the signals, but those that are ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        own = [number for number, handler in self._before.items() if handler not in (signal.SIG_IGN, None)]
        for number in own:
            signal.signal(number, self._receive)
        try:
            yield
        finally:
            for number in own:
                signal.signal(number, self._before[number])
            self.end_if_asked()  # where an error came before the next save

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let a signal wait for `end_if_asked`."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False

    def end_if_asked(self) -> None:
        """Do what a signal asked for since."""
        if self.asked is not None:
            self._end(self.asked)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._waits and self.asked is None:
            self.asked = number
        else:
            self._end(number)

    def _end(self, number: int) -> None:
        self.asked = None
        signal.signal(number, self._before[number])
        signal.raise_signal(number)
