"""Forecasting from a table: backtests of steps that were not learnt from, and leaks."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from attime.data.forecasting import Panel, SeriesTable
from attime.errors import DataError, DataWarning, OptionError
from attime.estimators.forecasting import AttentionForecaster, Backtest
from attime.measures.leaks import LeakReport, leak_check


def backtest_held_out(
    forecaster: AttentionForecaster, panel: Panel, *, n_windows: int, step: int, refit: bool = False
) -> Backtest:
    """Fit to the beginning of each series and forecast its end, window by window.

    The last ``(n_windows - 1) * step + horizon`` steps of each series are kept from the fit. Series that have no others
    are left out.

    Parameters
    ----------
    forecaster
        Not yet fitted; it is, afterwards.
    panel
        The series, whole.
    n_windows, step
        Origins of each series, and steps from one to the next.
    refit
        Fit anew before each forecast, to all that is known by then.

    Warns
    -----
    DataWarning
        If series are left out.

    Raises
    ------
    OptionError
        If there is no window, or no step.
    DataError
        If no series is long enough for that.

    Examples
    --------
    >>> panel = Panel.of(np.sin(np.arange(200) / 3))
    >>> backtest_held_out(AttentionForecaster(5, "linear"), panel, n_windows=10, step=5).origins
    array([150, 155, 160, 165, 170, 175, 180, 185, 190, 195])
    """
    if n_windows < 1 or step < 1:
        raise OptionError(f"{n_windows} windows, {step} steps apart, arrived, expected 1 of each at least")
    held_out = (n_windows - 1) * step + forecaster.horizon
    longest = max(map(len, panel))
    if longest - held_out <= forecaster.horizon:
        raise DataError(
            f"the longest series has {longest} steps, of which {held_out} are kept from the fit; expected more than "
            f"{held_out + forecaster.horizon}: take fewer windows, a shorter step or horizon, or longer series"
        )
    n_short = sum(len(record) <= held_out for record in panel)
    if n_short:
        warnings.warn(
            f"{n_short} of {len(panel)} series have {held_out} steps or fewer, which leaves nothing to fit to; "
            "they are left out of the backtest",
            DataWarning,
            stacklevel=2,
        )
    long_enough = _some(panel, [len(record) > held_out for record in panel])
    forecaster.fit(long_enough.until([len(record) - held_out for record in long_enough]))
    return forecaster.backtest(long_enough, n_windows=n_windows, step=step, refit=refit)


def leaks_in(table: SeriesTable, *, train_until: object = None) -> LeakReport:
    """Check a table for columns and rows that know the future; see `attime.measures.leaks.leak_check`.

    Columns of what does not change over time are left out.
    """
    roles = table.roles
    return leak_check(
        table.frame.drop(columns=list(roles.static)),
        id=roles.series,
        time=roles.time,
        target=roles.target,
        future=roles.future,
        train_until=_stamp(train_until, table.frame[roles.time]),
    )


def _some(panel: Panel, which: list[bool]) -> Panel:
    records = tuple(record for record, kept in zip(panel, which, strict=True) if kept)
    static = None if panel.static is None else panel.static[np.array(which)]
    return replace(panel, records=records, static=static)


def _stamp(given: object, times: pd.Series) -> object:
    """Return a time as text as a number, where times are numbers."""
    if not isinstance(given, str) or not pd.api.types.is_numeric_dtype(times):
        return given
    try:
        return float(given)
    except ValueError as error:
        raise OptionError(f"{given!r} arrived as the end of training, expected a number like the times") from error
