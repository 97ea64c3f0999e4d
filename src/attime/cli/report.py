"""`attime report`: one HTML page about a fitted classifier and a file of series."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime.cli.models import load_classifier
from attime.cli.parser import add_static_argument, static_of
from attime.cli.tell import tell
from attime.experiments import report_file
from attime.files import check_file
from attime.report import METHODS


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files, and what the page is to show."""
    parser.add_argument("model", type=str, help="file written by 'attime fit --save' or 'attime demo --out'")
    parser.add_argument("data", type=str, help="file of series, best of unseen ones; with labels if there are any")
    parser.add_argument("--out", type=str, required=True, help="the HTML file, such as report.html")
    parser.add_argument("--target", type=str | None, help="the column of labels in a CSV file")
    add_static_argument(parser, fitted=True)
    parser.add_argument("--positive", type=str | None, help="of two classes, the one that precision is about")
    parser.add_argument("--title", type=str | None, help="heading of the page")
    parser.add_argument("--max_cases", type=int, default=200, help="how many cases can be looked at one by one")
    parser.add_argument(
        "--methods", type=str, default=",".join(METHODS), help="explanations to measure, with commas; none for ''"
    )
    parser.add_argument("--random_state", type=int, default=0, help="seed of the choice of cases and of random orders")


def main(options: Namespace) -> None:
    """Write the page, and say where it is."""
    check_file(options.out)
    report_file(
        load_classifier(options.model, "report"),
        options.data,
        options.out,
        target=options.target,
        static=static_of(options),
        positive=options.positive,
        title=options.title,
        max_cases=options.max_cases,
        methods=[name.strip() for name in options.methods.split(",") if name.strip()],
        random_state=options.random_state,
    )
    tell(f"written to {options.out}: open it in a browser")
