"""What the commands of forecasting share: the options of a table and of a forecaster, and what becomes of them."""

from __future__ import annotations

from typing import Any, Literal

from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.cli.models import load_for
from attime.data.forecasting import USUAL, Panel, Roles, SeriesTable, read_table
from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.leaks import warn_of_leaks
from attime.measures.leaks import LeakReport

#: Options that a fitted model cannot follow any more, with what they are if nobody says otherwise.
OF_FITTING: dict[str, Any] = {
    "frequency": None,
    "calendar": "",
    "network": "default",
    "look_back": None,
    "period": None,
    "validation_share": None,
    "training": None,
    "random_state": 0,
    "look_for_leaks": True,
    "save": None,
    "card": False,
    "checkpoint": None,
}
DROP = "--drop COLUMN leaves a column out"


def add_table_arguments(parser: ArgumentParser) -> None:
    """Add the file, and which of its columns is what."""
    parser.add_argument(
        "data", type=str, help="table with a row for each series and time: .csv, .tsv (.gz may follow) or .parquet"
    )
    parser.add_argument("--id", type=str | None, help="the column that names the series; unique_id, or one series")
    parser.add_argument("--time", type=str | None, help="the column of times, dates or numbers; ds")
    parser.add_argument("--target", type=str | None, help="the column of what is to be forecast; y")
    parser.add_argument("--future", type=str, default="", help="columns that are known ahead, with commas")
    parser.add_argument("--static", type=str, default="", help="columns with one value for each series, with commas")
    parser.add_argument(
        "--wide", type=bool, default=False, help="true: each column but that of the time is a series of its own"
    )
    parser.add_argument(
        "--drop", type=str, action="append", default=[], metavar="COLUMN", help="leave a column out; may be repeated"
    )


def table_of(options: Namespace, known: Roles = USUAL) -> SeriesTable:
    """Read the table that the options name; what they do not is called as in `known`."""
    long = not options.wide
    return read_table(
        options.data,
        series=options.id or (known.series if long and known.series != USUAL.series else None),
        time=options.time or (known.time if known != USUAL else None),
        target=options.target or (known.target if long and known != USUAL else None),
        future=_listed(options.future) or known.future,
        static=_listed(options.static) or known.static,
        wide=options.wide,
        drop=options.drop,
    )


def add_forecaster_arguments(parser: ArgumentParser) -> None:
    """Add the parameters of ``AttentionForecaster``."""
    parser.add_argument(
        "--frequency",
        type=float | str | None,
        help="how far it is from step to step: h, D, B, W, MS, 15min, or a number; found if not given",
    )
    parser.add_argument(
        "--calendar",
        type=str,
        default=OF_FITTING["calendar"],
        help="cycles to forecast by: auto, or some of day, week, month, year, with commas; none if not given",
    )
    parser.add_argument(
        "--network",
        type=str,
        default=OF_FITTING["network"],
        help="default (linear, and attention where it helps), linear, rnn, gru, lstm, encoder_decoder, patch, variate "
        "or rim",
    )
    parser.add_argument(
        "--look_back", type=PositiveInt, default=None, help="steps of the past that are read; chosen if not given"
    )
    parser.add_argument("--period", type=PositiveInt, default=None, help="steps of a season; found if not given")
    parser.add_argument(
        "--validation_share",
        type=float | None,
        help="share of each series, its last steps, to choose by and to learn the limits from; 0.2 if not given",
    )
    parser.add_argument(
        "--coverage", type=str | None, help="probabilities of the limits, with commas; 0.8,0.95, or those of the model"
    )
    parser.add_argument(
        "--training",
        type=dict[str, Any] | None,
        help="what is to differ from the usual training: --training.max_epochs 10",
    )
    parser.add_argument(
        "--random_state", type=int, default=OF_FITTING["random_state"], help="seed of everything random"
    )
    parser.add_argument(
        "--look_for_leaks",
        type=bool,
        default=OF_FITTING["look_for_leaks"],
        help="false: do not look for columns that know the future",
    )


def series_of(table: SeriesTable, options: Namespace) -> Panel:
    """Return the series of a table on the grid of their times."""
    calendar: Literal["auto"] | tuple[str, ...] = "auto" if options.calendar == "auto" else _listed(options.calendar)
    return table.panel(frequency=options.frequency, calendar=calendar)


def leaks_of(table: SeriesTable, panel: Panel, options: Namespace) -> LeakReport | None:
    """Warn of columns that know the future, and return what was found; None if nobody is to look."""
    return warn_of_leaks(table.frame, panel, remedy=DROP) if options.look_for_leaks else None


def forecaster_of(options: Namespace) -> AttentionForecaster:
    """Return the forecaster that the options describe, not yet fitted."""
    names = ("horizon", "network", "look_back", "period", "training", "random_state")
    usual = AttentionForecaster()
    return AttentionForecaster(
        **{name: options[name] for name in names},
        coverage=shares_of(options) or usual.coverage,
        validation_share=usual.validation_share if options.validation_share is None else options.validation_share,
    )


def model_of(options: Namespace) -> AttentionForecaster:
    """Return the fitted forecaster that the options name.

    Raises
    ------
    OptionError
        If an option is given that only concerns fitting.
    """
    given = [name for name, usual in OF_FITTING.items() if options[name] != usual]
    if given:
        raise OptionError(
            f"--{given[0]} arrived with --load, but only concerns fitting, and that model is fitted; leave out "
            f"{' and '.join(f'--{name}' for name in given)}, or leave out --load to fit a new one"
        )
    forecaster = load_for("forecast", options.load, AttentionForecaster)
    shares = shares_of(options)
    return forecaster.set_params(coverage=shares) if shares else forecaster


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def shares_of(options: Namespace) -> tuple[float, ...]:
    """Return the probabilities of the limits; none if the options name none."""
    try:
        return tuple(map(float, _listed(options.coverage or "")))
    except ValueError as error:
        raise OptionError(
            f"--coverage {options.coverage} arrived, expected probabilities with commas between, such as 0.8,0.95; "
            "correct it"
        ) from error
