"""`attime data sine`: write the series of the headline experiment to a file."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace

from attime import SeriesSet, SineConfig, make_sine
from attime.cli.tell import tell
from attime.data import write
from attime.files import check_file


def add_arguments(parser: ArgumentParser) -> None:
    """Add the entries of the configuration, and where to write."""
    parser.add_class_arguments(SineConfig)
    parser.add_argument("--out", type=str | None, help="CSV file for the series: a row for each, its class in 'label'")
    parser.add_argument("--truth", type=str | None, help="CSV file for the true mask: 1 where a series stands still")


def main(options: Namespace) -> None:
    """Make the series, and write them if there is a place."""
    series = make_sine(SineConfig.of({name: options[name] for name in SineConfig.model_fields}))
    for place in filter(None, (options.out, options.truth)):
        check_file(place)
    if options.out:
        write(series, options.out)
    if options.truth and series.truth is not None:
        write(SeriesSet.of(series.truth), options.truth)
    places = " and ".join(place for place in (options.out, options.truth) if place)
    tell(f"{series}, {'written to ' + places if places else 'not written: give --out FILE.csv'}")
