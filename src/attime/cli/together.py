"""Commands that ``torchrun`` may start in several processes, of which the first tells and writes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from attime.errors import OptionError, ProcessStopped

TOGETHER = ("fit",)


@contextmanager
def together(command: str) -> Iterator[None]:
    """Let a command that can do so work along with the other processes; all but the first are silent."""
    if command not in TOGETHER:
        _refuse_several(command)
        yield
        return
    from attime.training import is_first, processes

    with processes():
        if not is_first():
            warnings.simplefilter("ignore")
        yield


def _refuse_several(command: str) -> None:
    """Raise in the first of several processes, and end the others: each would do all of the work, and write it."""
    if "RANK" not in os.environ or (count := int(os.environ.get("WORLD_SIZE", "1"))) < 2:
        return
    told = f"'attime {command}' was started in {count} processes, expected one; start it without torchrun"
    raise (OptionError if os.environ["RANK"] == "0" else ProcessStopped)(
        f"{told} (only {', '.join(f'attime {name}' for name in TOGETHER)} works with several)"
    )
