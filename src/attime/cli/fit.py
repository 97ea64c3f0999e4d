"""`attime fit`: fit a classifier or regressor on a file of series, and judge it by cases it has not seen."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.parser import (
    add_classifier_arguments,
    add_static_argument,
    classifier_of,
    refuse_classes,
    regressor_of,
    static_of,
)
from attime.cli.tell import tell_judgement, tell_numbers
from attime.experiments import fit_file, fit_numbers, write_judgement, write_numbers
from attime.files import check_file, check_folder
from attime.names import pick


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files and the parameters of the classifier."""
    parser.add_argument("train", type=str, help="file of labelled series: .csv, .tsv, .ts, .npz (data.npz:train), …")
    parser.add_argument(
        "--task",
        type=str,
        default="classification",
        help="what to learn of the target: 'classification', its classes, or 'regression', its numbers",
    )
    parser.add_argument("--test", type=str | None, help="file to judge by; without it a fifth of TRAIN is kept back")
    parser.add_argument("--target", type=str | None, help="the column of labels or numbers in a CSV file")
    add_static_argument(parser, fitted=False)
    parser.add_argument(
        "--positive", type=str | None, help="of two classes, the one that precision and recall are about"
    )
    parser.add_argument("--out", type=str | None, help="file for the fitted model, such as model.attime")
    parser.add_argument("--report", type=str | None, help="folder for report.html, metrics.json and pictures")
    add_classifier_arguments(parser)


def main(options: Namespace) -> None:
    """Fit, judge, write what was asked for, and tell the figures."""
    task = pick(TASKS, options.task, what="task")
    if options.out:
        check_file(options.out)
    if options.report:
        check_folder(options.report)
    task(options)


def _classify(options: Namespace) -> None:
    judgement = fit_file(
        options.train,
        classifier_of(options),
        test=options.test,
        target=options.target,
        static=static_of(options) or (),
        positive=options.positive,
    )
    if options.out:
        judgement.classifier.save(options.out)
    tell_judgement(judgement)
    if options.report:
        write_judgement(judgement, options.report)


def _regress(options: Namespace) -> None:
    refuse_classes(options, "positive", "class_weight", "quality")
    judgement = fit_numbers(
        options.train, regressor_of(options), test=options.test, target=options.target, static=static_of(options) or ()
    )
    if options.out:
        judgement.regressor.save(options.out)
    tell_numbers(judgement)
    if options.report:
        write_numbers(judgement, options.report)


TASKS = {"classification": _classify, "regression": _regress}
