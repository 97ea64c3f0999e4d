"""`attime detect`: learn from the beginning of a series what is normal, and say what in the rest is not."""

from __future__ import annotations

from typing import Any

from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.cli.checkpoint import add_checkpoint_arguments, checkpoints_of
from attime.cli.models import load_for
from attime.cli.saving import add_save_arguments, check_save_place
from attime.cli.tell_detection import tell_detector, tell_found
from attime.cli.tell_forecasting import tell_places
from attime.data.detection.watched_file import read_series
from attime.errors import OptionError
from attime.estimators.detection import AttentionDetector
from attime.experiments.detection import detect_file
from attime.experiments.models import write_table
from attime.files import check_file
from attime.report import write_detection_report

#: Options that a fitted detector cannot follow any more, with what they are if nobody says otherwise.
OF_FITTING: dict[str, Any] = {
    "train_until": None, "model": "default", "window": None, "alarm_rate": None, "adaptive": True, "training": None,
    "random_state": 0, "save": None, "card": False, "checkpoint": None,
}  # fmt: skip
USUAL_RATE = 10.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the file, the detector, and where to write."""
    parser.add_argument(
        "data", type=str, help="a table with a row for each time and a column for each channel (.csv, .parquet), .npz, "
        "or a labelled series of NAB, TSB-AD or the UCR archive",
    )  # fmt: skip
    parser.add_argument(
        "--train_until", "--train-until", type=str | None, metavar="N|TIME",
        help="learn from so many steps at the start, or up to this time; what the file says, if it does",
    )  # fmt: skip
    parser.add_argument("--time", type=str | None, help="the column of times; time, timestamp, ds, date or datetime")
    parser.add_argument("--label", type=str | None, help="the column of labels, 1 at anomalous steps; Label")
    parser.add_argument(
        "--drop", type=str, action="append", default=[], metavar="COLUMN", help="leave a column out; may be repeated"
    )
    parser.add_argument(
        "--model", type=str, default="default", help="default, nearest, variational, recurrent, masked, …"
    )
    parser.add_argument(
        "--window", type=PositiveInt | None, help="steps looked at together; a cycle of the series if not given"
    )
    parser.add_argument(
        "--alarm_rate", "--alarm-rate", type=float | None, help="false alarms per 1,000 steps; 10 if not given"
    )
    parser.add_argument(
        "--adaptive", type=bool, default=True, help="false: the level of significance stays where it begins"
    )
    parser.add_argument(
        "--training", type=dict[str, Any] | None, help="what is to differ in training: --training.max_epochs 10"
    )
    parser.add_argument("--random_state", type=int, default=0, help="seed of everything random")
    add_checkpoint_arguments(parser)
    parser.add_argument("--load", type=str | None, help="file written by --save: nothing is fitted, all is judged")
    parser.add_argument("--out", type=str | None, help="CSV file: score, p-value and alarm of each step")
    parser.add_argument("--events", type=str | None, help="CSV file with a row for each event")
    parser.add_argument("--report", type=str | None, help="HTML file, such as report.html")
    add_save_arguments(parser)


def main(options: Namespace) -> None:
    """Fit or load, judge, tell what was found, and write what was asked for."""
    check_save_place(options)
    places = [options[name] for name in ("out", "events", "report", "save")]
    for place in filter(None, places):
        check_file(place)
    detector = _detector_of(options)
    file = read_series(options.data, time=options.time, label=options.label, drop=options.drop)
    with checkpoints_of(options):
        found = detect_file(file, detector, until=options.train_until, fitted=bool(options.load))
    tell_detector(found)
    tell_found(found)
    if options.out:
        write_table(found.scores_frame(), options.out)
    if options.events:
        write_table(found.events_frame(), options.events)
    if options.report:
        title = f"What is out of the ordinary in {file.name}"
        write_detection_report(detector, found.departure, options.report, labels=found.labels, title=title)
    if options.save:
        detector.save(options.save, card=options.card)
    tell_places(*places)


def _detector_of(options: Namespace) -> AttentionDetector:
    if not options.load:
        names = ("model", "window", "adaptive", "training", "random_state")
        rate = USUAL_RATE if options.alarm_rate is None else options.alarm_rate
        return AttentionDetector(**{name: options[name] for name in names}, alarm_rate=rate)
    given = [name for name, usual in OF_FITTING.items() if options[name] != usual]
    if given:
        raise OptionError(
            f"--{given[0]} arrived with --load, but only concerns fitting, and that detector is fitted; leave out "
            f"{' and '.join(f'--{name}' for name in given)}, or leave out --load to fit a new one"
        )
    return load_for("detect", options.load, AttentionDetector)
