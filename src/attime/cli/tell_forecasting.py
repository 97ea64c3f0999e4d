"""What the commands of forecasting say: the verdict beside naive forecasts, the first forecasts, and where they are."""

from __future__ import annotations

import math

import pandas as pd
from rich.console import Console
from rich.table import Table

from attime.cli.tell import tell
from attime.estimators.forecasting import AttentionForecaster
from attime.events import announce, numbers_of
from attime.measures.forecasting import MEASURES, ForecastVerdict

MOST_ROWS = 12


def tell_fit(forecaster: AttentionForecaster) -> None:
    """Print what was fitted, and why."""
    tell(f"fitted: {forecaster.reason_}")


def tell_verdict(verdict: ForecastVerdict | None) -> None:
    """Print the errors of a forecast beside those of the naive ones, and what that comes to."""
    if verdict is None:
        tell("the series are too short to keep steps back: nothing can be said about the errors to expect")
        return
    announce("result", numbers_of(verdict.errors["model"]) | {"improvement": verdict.improvement})
    console = Console()
    errors = verdict.to_frame()[list(MEASURES)].dropna(axis="columns", how="all")
    table = Table("forecast", title="errors in steps that were not learnt from")
    for name in errors:
        table.add_column(MEASURES[str(name)], justify="right")
    for name, row in errors.iterrows():
        table.add_row(str(name).replace("_", " "), *map(_number, row.tolist()))
    console.print(table)
    for sentence in (verdict.sentence, *verdict.notes):
        tell(sentence)


def tell_coverage(verdict: ForecastVerdict) -> None:
    """Print how often the limits held what happened."""
    errors = verdict.errors["model"]
    for nominal, held, width in zip(errors.nominal, errors.coverage, errors.width, strict=True):
        tell(f"{100 * nominal:.3g} % limits held {100 * held:.1f} % of what happened; they are {width:.4g} wide")


def tell_forecast(frame: pd.DataFrame) -> None:
    """Print the first forecasts."""
    tell(frame.head(MOST_ROWS).to_string(index=False, float_format="{:.5g}".format))
    if len(frame) > MOST_ROWS:
        tell(f"… {len(frame) - MOST_ROWS:,} more: --out FILE.csv keeps them")


def tell_places(*places: str | None) -> None:
    """Print where results were written."""
    written = [place for place in places if place]
    if written:
        tell(f"written to {' and '.join(written)}")


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "–"
