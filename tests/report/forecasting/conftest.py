"""Forecasters of each kind, fitted in a moment, and series for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.estimators.forecasting import AttentionForecaster
from attime.report.forecasting import write_forecast_report


@pytest.fixture(scope="session")
def sales():
    """Three shops, hourly, two days of season, with visitors beside it."""
    rng = np.random.default_rng(0)
    parts = []
    for number, n_steps in enumerate((200, 220, 240)):
        time = np.arange(n_steps)
        sold = 50 + 10 * number + 8 * np.sin(2 * np.pi * time / 24) + rng.normal(size=n_steps)
        stamps = pd.date_range("2024-01-01", periods=n_steps, freq="h")
        parts.append(pd.DataFrame({"shop": f"0{number}", "when": stamps, "sold": sold, "visitors": sold / 5}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def forecaster(sales):
    """A linear forecaster of 12 steps."""
    return AttentionForecaster(12, "linear").fit(sales, series="shop", time="when", target="sold")


@pytest.fixture(scope="session")
def backtest(forecaster):
    """Its backtest from 8 origins of each series."""
    return forecaster.backtest(n_windows=8, step=6)


@pytest.fixture(scope="session")
def modules():
    """A forecaster of one series whose modules compete."""
    series = np.sin(np.arange(200) / 3)
    return AttentionForecaster(4, "rim", look_back=12, training={"max_epochs": 1}, random_state=0).fit(series)


@pytest.fixture(scope="session")
def backtest_page(forecaster, backtest, tmp_path_factory):
    """The report of a backtest."""
    path = tmp_path_factory.mktemp("forecasts") / "report.html"
    write_forecast_report(forecaster, path, backtest=backtest)
    return path


@pytest.fixture(scope="session")
def modules_page(modules, tmp_path_factory):
    """The report of a forecaster with modules."""
    path = tmp_path_factory.mktemp("modules") / "report.html"
    write_forecast_report(modules, path)
    return path
