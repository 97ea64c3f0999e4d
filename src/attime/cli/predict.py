"""`attime predict`: predict the class, or the number, of every series in a file, or in thousands of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import pandas as pd
from jsonargparse import ArgumentParser, Namespace

from attime import AttentionClassifier, AttentionRegressor
from attime.cli.models import load_for
from attime.cli.on_ray import add_engine_arguments, connected
from attime.cli.parser import add_static_argument, static_of
from attime.cli.tell import complain, tell
from attime.data import shards
from attime.engines import ENGINES, Outcome, check_place, predict_files, predicted_rows
from attime.engines.table import Model
from attime.errors import OptionError
from attime.experiments import static_columns
from attime.export import OnnxModel
from attime.names import pick

MOST_SHOWN = 20
LEFT_OUT = 1  # the exit code where some files could not be used, and the others are done


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument(
        "model",
        type=str,
        help="file written by 'attime fit --save' or 'attime demo --out'; with --engine onnx by 'attime export'",
    )
    parser.add_argument(
        "data",
        type=str,
        help="file of series (.csv, .tsv, .ts, .npz, .parquet, …), however large; a folder of them; or a pattern in "
        "quotation marks, such as 'days/**/*.csv'",
    )
    parser.add_argument("--target", type=str | None, help="a column of labels in a CSV file, to be left alone")
    add_static_argument(parser, fitted=True)
    parser.add_argument(
        "--out",
        type=str | None,
        help=".csv or .parquet file for the predictions, or a folder for a .csv file of each; shown here without it, "
        "on a screen the first",
    )
    parser.add_argument("--resume", action="store_true", help="go on where a run was stopped")
    add_engine_arguments(parser, "onnx")


def main(options: Namespace) -> int:
    """Predict, write or show the table, and say what could not be used."""
    if options.out:
        check_place(options.out)
    model: Model
    static: Sequence[str]
    pick(ENGINES | {"onnx": None}, options.engine, what="engine")
    is_onnx = options.engine == "onnx"
    if is_onnx:
        model = OnnxModel(options.model)
        static = static_of(options) or model.static_columns_
    else:
        model = load_for("predict", options.model, AttentionClassifier, AttentionRegressor)
        static = static_columns(model, static_of(options))
    files = shards(options.data, target=options.target, need_target=False, static=static)
    if not options.out:
        for name, value in (("engine ray", options.engine == "ray"), ("resume", options.resume)):
            if value:
                raise OptionError(f"--{name} arrived without --out, the place for results; give --out FOLDER")
        _show(predicted_rows(model, files))
        return 0
    engine = "local" if is_onnx else options.engine
    with connected(options):
        outcome = predict_files(model, files, options.out, engine=engine, resume=options.resume)
    _tell(outcome, options.out)
    return LEFT_OUT if outcome.damaged else 0


def _show(tables: Iterator[pd.DataFrame]) -> None:
    """Print all rows where a program or a file takes them, and the first ones to somebody who looks at them."""
    most = MOST_SHOWN if sys.stdout.isatty() else None
    for number, rows in enumerate(tables):
        tell(rows.head(len(rows) if most is None else most).to_csv(index=False, header=not number).rstrip("\n"))
        if most is not None and (len(rows) > most or next(tables, None) is not None):
            tell(f"… and so on; all of them with --out FILE, or into a pipe: attime predict … > FILE (shown: {most})")
            return


def _tell(outcome: Outcome, out: str) -> None:
    for damage in outcome.damaged:
        complain(f"left out: {damage}")
    told = f"{outcome.n_cases:,} cases predicted, written to {out}"
    n_files = outcome.n_files + len(outcome.damaged)
    told += f"; {outcome.n_skipped} of {n_files} files were done before" if outcome.n_skipped else ""
    told += f"; {len(outcome.damaged)} of {n_files} files left out" if outcome.damaged else ""
    tell(told)
