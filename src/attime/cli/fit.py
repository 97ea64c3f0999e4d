"""`attime fit`: fit a classifier on a file of series, and judge it by cases it has not seen."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.parser import add_classifier_arguments, classifier_of
from attime.cli.tell import tell_judgement
from attime.experiments import fit_file, write_judgement
from attime.files import check_file, check_folder


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files and the parameters of the classifier."""
    parser.add_argument("train", type=str, help="file of labelled series: .csv, .tsv or .txt, each also as .gz")
    parser.add_argument("--test", type=str | None, help="file to judge by; without it a fifth of TRAIN is kept back")
    parser.add_argument("--target", type=str | None, help="the column of labels in a CSV file")
    parser.add_argument(
        "--positive", type=str | None, help="of two classes, the one that precision and recall are about"
    )
    parser.add_argument("--out", type=str | None, help="file for the fitted model, such as model.attime")
    parser.add_argument("--report", type=str | None, help="folder for report.html, metrics.json and pictures")
    add_classifier_arguments(parser)


def main(options: Namespace) -> None:
    """Fit, judge, write what was asked for, and tell the figures."""
    if options.out:
        check_file(options.out)
    if options.report:
        check_folder(options.report)
    judgement = fit_file(
        options.train, classifier_of(options), test=options.test, target=options.target, positive=options.positive
    )
    if options.out:
        judgement.classifier.save(options.out)
    tell_judgement(judgement)
    if options.report:
        write_judgement(judgement, options.report)
