"""`attime evaluate`: judge a fitted classifier by a file of labelled series."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime import AttentionClassifier
from attime.cli.tell import tell_judgement
from attime.experiments import evaluate_file, write_judgement
from attime.files import check_folder


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --out' or 'attime demo --out'")
    parser.add_argument("data", type=str, help="file of labelled series: .csv, .tsv or .txt, each also as .gz")
    parser.add_argument("--target", type=str | None, help="the column of labels in a CSV file")
    parser.add_argument(
        "--positive", type=str | None, help="of two classes, the one that precision and recall are about"
    )
    parser.add_argument("--report", type=str | None, help="folder for report.html, metrics.json and pictures")


def main(options: Namespace) -> None:
    """Judge, write what was asked for, and tell the figures."""
    if options.report:
        check_folder(options.report)
    judgement = evaluate_file(
        AttentionClassifier.load(options.model), options.data, target=options.target, positive=options.positive
    )
    tell_judgement(judgement)
    if options.report:
        write_judgement(judgement, options.report)
