"""Commands that ``torchrun`` may start in several processes, of which the first tells and writes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

TOGETHER = ("fit",)


@contextmanager
def together(command: str) -> Iterator[None]:
    """Let a command that can do so work along with the other processes; all but the first are silent."""
    if command not in TOGETHER:
        yield
        return
    from attime.training import is_first, processes

    with processes():
        if not is_first():
            warnings.simplefilter("ignore")
        yield
