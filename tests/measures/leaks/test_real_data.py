"""The leak in the stock data is found; nothing is found in data that are known to be honest."""

from __future__ import annotations

import pandas as pd
import pytest

from attime.measures.leaks import leak_check

EXOGENOUS = ("Exogenous1", "Exogenous2", *(f"day_{i}" for i in range(7)))


@pytest.fixture(scope="session")
def forecasting(benchmark_data):
    def read(name):
        path = benchmark_data / "forecasting" / name
        if not path.exists():
            pytest.skip(f"{path} is not on this machine")
        return pd.read_csv(path)

    return read


@pytest.mark.parametrize("target", ["close", pytest.param("sentiment", marks=pytest.mark.slow)])
def test_the_smoothed_sentiment_is_found_and_nothing_else(forecasting, target):
    report = leak_check(forecasting("stocks_sentiment.csv"), id="ticker", time="date", target=target)
    assert [(it.kind, it.column, it.severity) for it in report.findings] == [
        ("two_sided_filter", "conv_filter", "certain")
    ]
    assert set(report.findings[0].series) == {"AMZN", "BF_B", "TMO"}


@pytest.mark.parametrize("known_ahead", [(), pytest.param(EXOGENOUS, marks=pytest.mark.slow)])
def test_forecasts_of_the_load_are_no_leak_of_the_price(forecasting, known_ahead):
    assert leak_check(forecasting("electricity_price_exogenous.csv.gz"), future=known_ahead).clean


@pytest.mark.parametrize(
    "name", ["etth1", "illness", *(pytest.param(it, marks=pytest.mark.slow) for it in ("etth2", "exchange_rate"))]
)
def test_the_usual_benchmarks_are_clean(forecasting, name):
    wide = forecasting(f"{name}.csv.gz")
    until = wide["date"].iloc[int(0.7 * len(wide))]
    long = wide.melt(id_vars="date", var_name="unique_id", value_name="y")
    assert leak_check(long, time="date", train_until=until).clean
    assert leak_check(wide.assign(unique_id=name), time="date", target="OT", train_until=until).clean


def test_air_passengers_are_clean(forecasting):
    assert leak_check(forecasting("air_passengers.csv").assign(unique_id="a"), time="Month", target="#Passengers").clean
