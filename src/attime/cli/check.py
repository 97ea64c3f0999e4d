"""`attime check`: look for columns and rows of a table that know the future; exit code 1 if there are any."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.forecasting import DROP, add_table_arguments, table_of
from attime.cli.tell import tell
from attime.experiments import leaks_in, write_table
from attime.files import check_file

FOUND = 1


def add_arguments(parser: ArgumentParser) -> None:
    """Add the table, the end of training, and where to write."""
    add_table_arguments(parser)
    parser.add_argument(
        "--train_until",
        type=str | None,
        help="the last time of the training part; without it no rows can be found on both sides of the split",
    )
    parser.add_argument("--out", type=str | None, help="CSV file with a row for each finding")


def main(options: Namespace) -> int:
    """Check, write what was asked for, tell what was found, and return the exit code."""
    if options.out:
        check_file(options.out)
    report = leaks_in(table_of(options), train_until=options.train_until)
    if options.out:
        frame = report.to_frame()
        frame["series"] = frame["series"].map(", ".join)
        write_table(frame.set_index("kind"), options.out)
    tell(str(report))
    if any(finding.column for finding in report.findings):
        tell(f"\n{DROP}, here and in the other commands.")
    return FOUND if report else 0
