"""What all benchmarks share: their settings and results, tables, and timing by turns."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

Row = dict[str, object]


@dataclass(frozen=True)
class Settings:
    """How a benchmark is to be run; `seeds` and `models` are None where its own defaults are wanted."""

    data: Path
    pictures: Path
    seeds: int | None
    first_seed: int
    quick: bool
    only: str | None
    models: tuple[str, ...] | None
    threads: int
    resume: bool
    out: Path


@dataclass(frozen=True)
class Result:
    """What a benchmark measured: one flat record for each measurement, and the figures that matter."""

    summary: dict[str, float | None]
    rows: list[Row]


def seconds_by_turns(tasks: Mapping[str, Callable[[], object]], *, repeats: int) -> dict[str, float]:
    """Return the median seconds of each task, all of them run in turn `repeats` times, after one turn to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return p of seconds ~ sizeᵖ, by least squares on logarithms: 1 is linear."""
    x, y = [math.log(size) for size in sizes], [math.log(second) for second in seconds]
    return statistics.linear_regression(x, y).slope


def median(rows: Sequence[Row], key: str) -> float | None:
    """Return the median of a column, or None if there are no rows."""
    values = [float(row[key]) for row in rows]  # type: ignore[arg-type]
    return statistics.median(values) if values else None


def show_table(rows: Sequence[Row], *, title: str, columns: Sequence[str] | None = None) -> None:
    """Print records as a table."""
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    table = Table(*names, title=title)
    for row in rows:
        table.add_row(*(_shown(row.get(name)) for name in names))
    Console(width=max(100, 14 * len(names))).print(table)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"
    return "" if value is None else str(value)
