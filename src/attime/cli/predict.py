"""`attime predict`: predict the class, or the number, of every series in a file."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime import AttentionRegressor
from attime.cli.parser import add_static_argument, static_of
from attime.cli.tell import tell
from attime.estimators import load
from attime.experiments import predict_file, predict_numbers, write_table
from attime.files import check_file


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --out' or 'attime demo --out'")
    parser.add_argument("data", type=str, help="file of series: .csv, .tsv, .ts, .npz (data.npz:train), …")
    parser.add_argument("--target", type=str | None, help="a column of labels in a CSV file, to be left alone")
    add_static_argument(parser, fitted=True)
    parser.add_argument("--out", type=str | None, help="CSV file for the predictions; shown here without it")


def main(options: Namespace) -> None:
    """Predict, and write or show the table."""
    if options.out:
        check_file(options.out)
    model = load(options.model)
    predict = predict_numbers if isinstance(model, AttentionRegressor) else predict_file
    table = predict(model, options.data, target=options.target, static=static_of(options))
    if options.out:
        write_table(table, options.out)
    tell(f"{len(table)} cases predicted, written to {options.out}" if options.out else table.to_csv())
