"""`attime backtest`: forecast what is known by now, as if it were not, and stand that beside naive forecasts."""

from __future__ import annotations

from jsonargparse import ArgumentParser, Namespace
from jsonargparse.typing import PositiveInt

from attime.cli.checkpoint import add_checkpoint_arguments, checkpoints_of
from attime.cli.forecasting import (
    add_forecaster_arguments,
    add_table_arguments,
    forecaster_of,
    leaks_of,
    series_of,
    table_of,
)
from attime.cli.tell import tell
from attime.cli.tell_forecasting import tell_coverage, tell_fit, tell_places, tell_verdict
from attime.estimators.forecasting.backtest import DECIDING
from attime.experiments import backtest_held_out, write_table
from attime.explain.forecasting import importance
from attime.files import check_file
from attime.names import pick
from attime.report import write_forecast_report


def add_arguments(parser: ArgumentParser) -> None:
    """Add the table, the forecaster, the windows, and where to write."""
    add_table_arguments(parser)
    parser.add_argument("--horizon", type=PositiveInt, required=True, help="steps ahead")
    add_forecaster_arguments(parser)
    add_checkpoint_arguments(parser)
    parser.add_argument(
        "--windows",
        type=int,
        default=20,
        help="how many times to forecast each series; what these forecast, its last (windows - 1) * step + horizon "
        "steps, is kept from the fit, since forecasts of what was learnt would flatter",
    )
    parser.add_argument("--step", type=int, default=1, help="steps from one forecast to the next")
    parser.add_argument(
        "--refit", type=bool, default=False, help="true: fit anew before each forecast, to all that is known by then"
    )
    parser.add_argument("--by", type=str, default="mae", help=f"the measure that decides: {', '.join(DECIDING)}")
    parser.add_argument(
        "--importance",
        type=bool,
        default=False,
        help="true: also measure how much each covariate matters",
    )
    parser.add_argument("--out", type=str | None, help="CSV file: each forecast with its limits and what happened")
    parser.add_argument("--report", type=str | None, help="HTML file, such as report.html")


def main(options: Namespace) -> None:
    """Fit to what came before, forecast the rest, and tell how good that is."""
    for place in filter(None, (options.out, options.report)):
        check_file(place)
    pick(DECIDING, options.by, what="measure to decide --by")
    table = table_of(options)
    panel = series_of(table, options)
    leaks = leaks_of(table, panel, options)
    forecaster = forecaster_of(options)
    with checkpoints_of(options):
        backtest = backtest_held_out(
            forecaster, panel, n_windows=options.windows, step=options.step, refit=options.refit
        )
    verdict = backtest.verdict(by=options.by)
    tell_fit(forecaster)
    tell_verdict(verdict)
    tell_coverage(verdict)
    matters = None
    if options.importance:
        matters = importance(forecaster, panel, n_windows=options.windows, step=options.step)
        tell(matters.sentence)
    if options.out:
        frame = backtest.to_frame()
        write_table(frame.set_index(frame.columns[0]), options.out)
    if options.report:
        write_forecast_report(
            forecaster,
            options.report,
            backtest=backtest,
            leaks=leaks,
            importance=matters,
            by=options.by,
            title=f"Backtest of {table.name}",
        )
    tell_places(options.out, options.report)
