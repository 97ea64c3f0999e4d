"""Which column of a frame plays which part in forecasting, and what may stand in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64

from attime.data.forecasting.zones import local_days
from attime.data.text import shown
from attime.errors import DataError


@dataclass(frozen=True)
class Roles:
    """The columns of a frame, by what they are for.

    Attributes
    ----------
    series, time, target
        Which series, when, and what is to be forecast.
    past, future, static
        Covariates: known up to now, known ahead, and those that do not change in time.
    calendar
        Cycles of the calendar, names in ``CYCLES``, which are known ahead by themselves.
    numbered
        Whether series are named by whole numbers.
    zone, by_day
        The time zone of the times, empty if they have none; and whether they are days there, all at one time of day.
    """

    series: str = "unique_id"
    time: str = "ds"
    target: str = "y"
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    numbered: bool = False
    zone: str = ""
    by_day: bool = False

    @property
    def told(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The kinds of covariates with their names."""
        return ("past", self.past), ("future", self.future), ("static", self.static), ("calendar", self.calendar)


def roles_of(
    frame: pd.DataFrame, *, series: str, time: str, target: str, future: tuple[str, ...], static: tuple[str, ...]
) -> Roles:
    """Return what each column is for; all that are not named are covariates known up to now.

    Raises
    ------
    DataError
        If a column is missing, stands twice, has a name that is no text, or is named for two things.
    """
    other = next((name for name in frame.columns if not isinstance(name, str)), None)
    if other is not None:
        raise DataError(f"a column named {other!r} arrived, expected text; rename them: frame.rename(columns=str)")
    names = list(frame.columns)
    if len(set(names)) < len(names):
        raise DataError(f"columns {', '.join(names)} arrived, expected a different name for each; rename them")
    for name in (time, target, *future, *static):
        if name not in names:
            wide = (
                f"; if each column is a series, frame.melt({time!r}, var_name={series!r}, value_name={target!r}) puts "
                "them below each other"
            )
            raise DataError(
                f"no column {name!r} arrived among {', '.join(names)[:200]}; give its name: series=, time=, target=, "
                f"future= or static={wide if name == target and series not in names else ''}"
            )
    asked = [time, target, *future, *static]
    if len(set(asked)) < len(asked):
        raise DataError(f"a column is named for two things among {', '.join(asked)}; give each one part")
    past = tuple(name for name in names if name not in (series, *asked))
    return Roles(series, time, target, past, future, static)


def stamps_of(column: pd.Series) -> pd.Series:
    """Return times that can be compared: numbers as they are, dates without a time zone (in UTC), of periods the start.

    Of dates with a time zone that are all at one time of its day it is the day that counts, not when that is in UTC.

    Raises
    ------
    DataError
        If one is neither.
    """
    if column.isna().any():
        raise DataError(
            f"row {column.isna().to_numpy().argmax()} has no time in column {column.name!r}, expected one in every "
            "row; add it, or remove the row"
        )
    if pd.api.types.is_numeric_dtype(column):
        return column
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp().astype("datetime64[ns]")
    days = local_days(column)
    if days is not None:
        return days
    if column.dtype.kind != "M":
        doubtful = column.astype(str).str.match(r"\s*\d{1,2}[/.]\d{1,2}[/.]\d{2,4}")
        if doubtful.any():
            raise DataError(
                f"column {column.name!r} holds {shown(column[doubtful].iloc[0])}, of which day and month cannot be "
                "told apart; give dates like 2024-01-31 (pandas.to_datetime(column, dayfirst=True) makes them)"
            )
    try:
        found = pd.to_datetime(column, utc=True, format=None if column.dtype.kind == "M" else "ISO8601")
    except (ValueError, TypeError):
        try:
            found = pd.to_datetime(column, utc=True, format="mixed")
        except (ValueError, TypeError) as error:
            raise DataError(
                f"column {column.name!r} holds {shown(column.iloc[0])}, …, expected numbers or dates like "
                f"2024-01-31 12:00 ({str(error).splitlines()[0][:100]}); correct it"
            ) from error
    return found.dt.tz_localize(None).astype("datetime64[ns]")


def numbers_of(frame: pd.DataFrame, columns: tuple[str, ...], series: str) -> Float64[np.ndarray, "column time"]:
    """Return the columns as numbers in which NaN means missing.

    Raises
    ------
    DataError
        If something else stands there; the message names it.
    """
    rows = []
    for name in columns:
        column = frame[name]
        if column.dtype == np.float64 and not np.isinf(column.to_numpy()).any():
            rows.append(column.to_numpy())
            continue
        if column.dtype.kind in "mM":  # which pandas would take for numbers of nanoseconds
            column = column.astype(object)
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        wrong = (np.isnan(numbers) & column.notna().to_numpy()) | np.isinf(numbers)
        if wrong.any():
            cell = column.iloc[int(wrong.argmax())]
            found = shown(cell.item() if isinstance(cell, np.generic) else cell)
            raise DataError(
                f"series {series!r} holds {found} in column {name!r}, expected a finite number; correct it, leave it "
                "empty if nothing was measured, name the column as static= if it has one value for each series, or "
                "leave it out (--drop)"
            )
        rows.append(numbers)
    return np.array(rows)
