"""`attime forecast`: fit a forecaster on a table of series, and say what comes next, between which limits."""

from __future__ import annotations

import pandas as pd
from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.cli.checkpoint import add_checkpoint_arguments, checkpoints_of
from attime.cli.forecasting import (
    add_forecaster_arguments,
    add_table_arguments,
    forecaster_of,
    leaks_of,
    model_of,
    series_of,
    table_of,
)
from attime.cli.saving import add_save_arguments, check_save_place
from attime.cli.tell_forecasting import tell_fit, tell_forecast, tell_places, tell_verdict
from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.experiments import write_table
from attime.files import check_file
from attime.report import write_forecast_report


def add_arguments(parser: ArgumentParser) -> None:
    """Add the table, the forecaster, and where to write."""
    add_table_arguments(parser)
    parser.add_argument(
        "--horizon", type=PositiveInt, default=None, help="steps ahead; those of the model, if one is given"
    )
    parser.add_argument(
        "--load", "--model", type=str | None, help="file written by --save: nothing is fitted, DATA is the recent past"
    )
    add_forecaster_arguments(parser)
    add_checkpoint_arguments(parser)
    parser.add_argument("--out", type=str | None, help="CSV file for the forecasts; the first are shown without it")
    add_save_arguments(parser)
    parser.add_argument("--report", type=str | None, help="HTML file, such as report.html")


def main(options: Namespace) -> None:
    """Fit or load, tell whether that beats naive forecasts, and write or show the forecasts."""
    check_save_place(options)
    for place in filter(None, (options.out, options.report)):
        check_file(place)
    if options.load:
        _go_on(options)
    elif options.horizon is None:
        raise OptionError("no --horizon arrived, expected how many steps ahead to forecast; give it")
    else:
        with checkpoints_of(options):
            _fit(options)


def _fit(options: Namespace) -> None:
    table = table_of(options)
    panel = series_of(table, options)
    leaks = leaks_of(table, panel, options)
    forecaster = forecaster_of(options).fit(panel)
    tell_fit(forecaster)
    tell_verdict(getattr(forecaster, "verdict_", None))
    _write(forecaster, None, options)
    if options.report:
        write_forecast_report(forecaster, options.report, leaks=leaks, title=f"What comes after {table.name}")
    if options.save:
        forecaster.save(options.save, card=options.card)
    tell_places(options.out, options.report, options.save)


def _go_on(options: Namespace) -> None:
    forecaster = model_of(options)
    table = table_of(options, forecaster.roles_)
    _write(forecaster, table.frame, options)
    if options.report:
        title = f"What comes after {table.name}"
        write_forecast_report(forecaster, options.report, data=table.frame, horizon=options.horizon, title=title)
    tell_places(options.out, options.report)


def _write(forecaster: AttentionForecaster, data: pd.DataFrame | None, options: Namespace) -> None:
    frame = forecaster.predict(data, horizon=options.horizon)
    if options.out:
        write_table(frame.set_index(frame.columns[0]), options.out)
    else:
        tell_forecast(frame)
