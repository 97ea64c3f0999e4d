"""A progress bar on the error stream: drawn in a terminal, silent elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from attime.training.processes import is_first

#: Tell the bar that one more step is done, and what to say beside it.
Tick = Callable[[str], None]


@contextmanager
def progress_bar(title: str, total: int, *, show: bool | Literal["auto"]) -> Iterator[Tick]:
    """Give a function to be called after each of `total` steps.

    Examples
    --------
    >>> with progress_bar("counting", 3, show=False) as tick:
    ...     for _ in range(3):
    ...         tick("one more")
    """
    if show is False or (show == "auto" and not sys.stderr.isatty()) or not is_first():
        yield lambda message: None
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    note = TextColumn("{task.fields[note]}")
    columns = ("{task.description}", BarColumn(), TimeElapsedColumn(), TimeRemainingColumn(), note)
    with Progress(*columns, console=Console(stderr=True, force_terminal=True), transient=True) as bar:
        task = bar.add_task(title, total=total, note="")

        def tick(message: str) -> None:
            bar.update(task, advance=1, note=message)

        yield tick
