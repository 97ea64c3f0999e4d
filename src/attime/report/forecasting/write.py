"""`write_forecast_report`: the report of a fitted forecaster, as one HTML file."""

from __future__ import annotations

import os

from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster, Backtest
from attime.estimators.forecasting.arriving import Data
from attime.explain.forecasting import Importance
from attime.files import check_file, whole_file
from attime.measures.leaks import LeakReport
from attime.report.forecasting.collect import collect_forecasts
from attime.report.forecasting.page import forecast_page_of


def write_forecast_report(
    forecaster: AttentionForecaster,
    path: str | os.PathLike[str],
    *,
    backtest: Backtest | None = None,
    leaks: LeakReport | None = None,
    importance: Importance | None = None,
    data: Data | None = None,
    horizon: int | None = None,
    by: str = "mae",
    title: str | None = None,
    max_series: int = 30,
) -> None:
    """Write what comes, what it was made from, and whether to believe it, as a page for any browser.

    The file needs no network and sends nothing anywhere. It holds the series that it shows: give it only to people who
    may see them.

    Parameters
    ----------
    forecaster
        Fitted.
    path
        The HTML file.
    backtest
        Of this forecaster, best on steps that it was not fitted to. Then the page judges by it and shows its latest
        forecasts beside what happened; without it the page shows forecasts of what is to come, and judges by the steps
        that were held out in the fit.
    leaks
        What `attime.measures.leaks.leak_check` found in the data; if not given, what `forecaster` itself
        found, if it looked.
    importance
        What matters to these forecasts, from `attime.explain.forecasting.importance`.
    data, horizon
        The recent past of the series, and steps ahead, as in `AttentionForecaster.predict`; not with a backtest.
    by
        The measure by which a backtest is judged, as in `Backtest.verdict`.
    title
        Heading of the page.
    max_series
        How many series can be looked at, evenly picked. Errors are about all.

    Raises
    ------
    OutputError
        If the file cannot be written; that is found out before any work is done.
    OptionError
        If it is no forecaster, or fewer than one series is to be shown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> forecaster = AttentionForecaster(5, "linear").fit(np.sin(np.arange(100) / 3))
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_forecast_report(forecaster, page)
    >>> page.read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    if not isinstance(forecaster, AttentionForecaster):
        raise OptionError(
            f"an estimator of type {type(forecaster).__name__} arrived, expected an AttentionForecaster; the page of a "
            "classifier is written by attime.report.write_report"
        )
    check_file(path)
    found = collect_forecasts(
        forecaster,
        backtest=backtest,
        leaks=leaks,
        importance=importance,
        data=data,
        horizon=horizon,
        by=by,
        title=title,
        max_series=max_series,
    )
    page = forecast_page_of(found)
    with whole_file(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8")
