"""`attime explain`: how relevant each step of every series in a file was, as a table."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.models import load_classifier
from attime.cli.parser import add_static_argument, static_of
from attime.cli.tell import tell
from attime.experiments import explain_file, write_table
from attime.files import check_file


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files, the method and the class."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --save' or 'attime demo --out'")
    parser.add_argument("data", type=str, help="file of series: .csv, .tsv, .ts, .npz (data.npz:train), …")
    parser.add_argument("--out", type=str, required=True, help="CSV file with a row for each step that was observed")
    parser.add_argument("--method", type=str, default="evidence", help="evidence, attention, occlusion, …")
    parser.add_argument(
        "--replacement",
        type=str,
        default="delete",
        help="how steps are taken away to judge the explanation: delete, missing, mean, interpolation, other",
    )
    parser.add_argument(
        "--explain_class", type=str | None, help="which class to explain; the predicted one if not given"
    )
    parser.add_argument("--target", type=str | None, help="a column of labels in a CSV file, to be left alone")
    add_static_argument(parser, fitted=True)


def main(options: Namespace) -> None:
    """Explain, measure, write the table, and tell whether to believe it."""
    check_file(options.out)
    table, verdict = explain_file(
        load_classifier(options.model, "explain"),
        options.data,
        method=options.method,
        replacement=options.replacement,
        explain_class=options.explain_class,
        target=options.target,
        static=static_of(options),
    )
    write_table(table, options.out)
    tell(f"{verdict}\nwritten to {options.out}")
