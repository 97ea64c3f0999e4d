"""`attime compare`: runs side by side, in what they differ and what came of each."""

from __future__ import annotations

import pandas as pd
from jsonargparse import ArgumentParser, Namespace
from rich.console import Console
from rich.table import Table
from rich.text import Text

from attime.cli.tell import tell
from attime.files import check_file, whole_file
from attime.plot import plot_runs
from attime.records import compare_runs
from attime.records.plain import writable


def add_arguments(parser: ArgumentParser) -> None:
    """Add the runs, and where to draw."""
    parser.add_argument(
        "runs", type=str, nargs="+", help="folders written by '--record', or folders that hold such folders"
    )
    parser.add_argument("--out", type=str | None, help="PNG file for a picture of losses and results")


def main(options: Namespace) -> None:
    """Print what differs and what came of it, and draw it if there is a place for that."""
    if options.out:
        check_file(options.out)
    comparison = compare_runs(options.runs)
    console = Console()
    for title, frame in (("what differs", comparison.differences), ("what came of it", comparison.results)):
        if len(frame):
            console.print(_table(title, frame))
        else:
            tell(f"{title}: nothing")
    for name, run in zip(comparison.differences.columns, comparison.runs, strict=True):
        if run.manifest.state != "finished":
            why = f": {run.manifest.error}" if run.manifest.error else ""
            tell(writable(f"{name}: {run.manifest.state}{why}"))
    if options.out:
        with whole_file(options.out) as unfinished:
            plot_runs(comparison).savefig(unfinished, dpi=150, format="png")
        tell(f"written to {options.out}")


def _table(title: str, frame: pd.DataFrame) -> Table:
    table = Table(title)
    for run in frame.columns:
        table.add_column(_as_it_is(run))
    for name, row in frame.iterrows():
        table.add_row(_as_it_is(str(name).replace("_", " ")), *map(_as_it_is, map(_short, row)))
    return table


def _short(value: object) -> str:
    if isinstance(value, float):
        return "–" if pd.isna(value) else f"{value:.4g}"
    return "–" if value is None else str(value)


def _as_it_is(value: object) -> Text:
    """Return text of which rich reads nothing as markup, and which any terminal can show."""
    return Text(writable(str(value)))
