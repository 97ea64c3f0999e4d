"""`attime demo`: the headline experiment, from the data to figures of merit beside the published ones."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime import SineConfig
from attime.cli.parser import add_classifier_arguments, classifier_of
from attime.cli.tell import tell_sine
from attime.experiments import run_sine, write_sine
from attime.files import check_folder


def add_arguments(parser: ArgumentParser) -> None:
    """Add the data, the classifier, and where to write."""
    parser.add_argument("--out", type=str | None, help="folder for report.html, metrics.json, pictures and model")
    parser.add_argument("--data", type=SineConfig, default=SineConfig.default(), help="JSON file, or entry by entry")
    add_classifier_arguments(parser)


def main(options: Namespace) -> None:
    """Run the experiment, write its results if there is a place, and tell its figures."""
    if options.out:
        check_folder(options.out)
    run = run_sine(options.data, classifier_of(options))
    if options.out:
        write_sine(run, options.out)
    tell_sine(run, options.out)
