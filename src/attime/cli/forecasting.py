"""What the commands of forecasting share: the options of a table and of a forecaster, and what becomes of them."""

from __future__ import annotations

from typing import Any, Literal

from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.data.forecasting import USUAL, Panel, Roles, SeriesTable, read_table
from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.leaks import warn_of_leaks
from attime.measures.leaks import LeakReport


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
        default="",
        help="cycles to forecast by: auto, or some of day, week, month, year, with commas; none if not given",
    )
    parser.add_argument(
        "--network",
        type=str,
        default="default",
        help="default (linear, and attention where it helps), linear, rnn, gru, lstm, encoder_decoder, patch, variate "
        "or rim",
    )
    parser.add_argument(
        "--look_back", type=PositiveInt | None, help="steps of the past that are read; chosen if not given"
    )
    parser.add_argument("--period", type=PositiveInt | None, help="steps of a season; found if not given")
    parser.add_argument("--coverage", type=str, default="0.8,0.95", help="probabilities of the limits, with commas")
    parser.add_argument(
        "--training",
        type=dict[str, Any] | None,
        help="what is to differ from the usual training: --training.max_epochs 10",
    )
    parser.add_argument("--random_state", type=int, default=0, help="seed of everything random")
    parser.add_argument(
        "--look_for_leaks", type=bool, default=True, help="false: do not look for columns that know the future"
    )


def series_of(table: SeriesTable, options: Namespace) -> Panel:
    """Return the series of a table on the grid of their times."""
    calendar: Literal["auto"] | tuple[str, ...] = "auto" if options.calendar == "auto" else _listed(options.calendar)
    return table.panel(frequency=options.frequency, calendar=calendar)


def leaks_of(table: SeriesTable, panel: Panel, options: Namespace) -> LeakReport | None:
    """Warn of columns that know the future, and return what was found; None if nobody is to look."""
    return warn_of_leaks(table.frame, panel) if options.look_for_leaks else None


def forecaster_of(options: Namespace) -> AttentionForecaster:
    """Return the forecaster that the options describe, not yet fitted."""
    names = ("horizon", "network", "look_back", "period", "training", "random_state")
    return AttentionForecaster(**{name: options[name] for name in names}, coverage=_shares(options.coverage))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(map(float, _listed(text)))
    except ValueError as error:
        raise OptionError(
            f"--coverage {text} arrived, expected probabilities with commas between, such as 0.8,0.95; correct it"
        ) from error
