"""`attime evaluate`: judge a fitted classifier or regressor by a file of series whose outcome is known."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime import AttentionClassifier, AttentionRegressor
from attime.cli.models import load_for
from attime.cli.parser import add_static_argument, refuse_classes, static_of
from attime.cli.tell import tell_judgement, tell_numbers
from attime.experiments import evaluate_file, evaluate_numbers, write_judgement, write_numbers
from attime.files import check_folder


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --save' or 'attime demo --out'")
    parser.add_argument("data", type=str, help="file of labelled series: .csv, .tsv, .ts, .npz (data.npz:train), …")
    parser.add_argument("--target", type=str | None, help="the column of labels or numbers in a CSV file")
    add_static_argument(parser, fitted=True)
    parser.add_argument(
        "--positive", type=str | None, help="of two classes, the one that precision and recall are about"
    )
    parser.add_argument("--report", type=str | None, help="folder for report.html, metrics.json and pictures")


def main(options: Namespace) -> None:
    """Judge, write what was asked for, and tell the figures."""
    if options.report:
        check_folder(options.report)
    model = load_for("evaluate", options.model, AttentionClassifier, AttentionRegressor)
    if isinstance(model, AttentionRegressor):
        _judge_numbers(model, options)
    elif isinstance(model, AttentionClassifier):
        _judge_classes(model, options)


def _judge_classes(classifier: AttentionClassifier, options: Namespace) -> None:
    judgement = evaluate_file(
        classifier, options.data, target=options.target, static=static_of(options), positive=options.positive
    )
    tell_judgement(judgement)
    if options.report:
        write_judgement(judgement, options.report)


def _judge_numbers(regressor: AttentionRegressor, options: Namespace) -> None:
    refuse_classes(options, "positive")
    judgement = evaluate_numbers(regressor, options.data, target=options.target, static=static_of(options))
    tell_numbers(judgement)
    if options.report:
        write_numbers(judgement, options.report)
