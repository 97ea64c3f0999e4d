"""The benchmark of long forecasts: its splits, all windows of the test, and what is compared with what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from forecasting.long_data import SETS, LongSeries, published_beside, read_long
from forecasting.long_errors import blocks, errors_of, last_values
from ltsf import summary_of, worst

from attime.estimators.forecasting import AttentionForecaster

ETT, EXCHANGE = SETS[0], SETS[2]


def write(folder: Path, name: str, n_rows: int) -> Path:
    """Write a set of two channels, and return the folder of data."""
    values = np.random.default_rng(0).normal(size=(n_rows, 2)).cumsum(axis=0)
    index = pd.date_range("2016", periods=n_rows, freq="h", name="date")
    (folder / "forecasting").mkdir()
    pd.DataFrame(values, index=index, columns=["a", "b"]).to_csv(folder / "forecasting" / f"{name}.csv.gz")
    return folder


def short(n_test: int = 30) -> LongSeries:
    """Return a series of two channels."""
    values = np.random.default_rng(0).normal(size=(120 + n_test, 2)).cumsum(axis=0)
    wide = pd.DataFrame(values, index=pd.date_range("2020", periods=len(values), freq="D"), columns=["a", "b"])
    return LongSeries(wide, n_train=90, n_chosen_by=30, n_test=n_test)


def error(model: str, horizon: int, mse: float) -> dict[str, object]:
    """Return a record of one set."""
    return {
        "kind": "error", "set": f"ETTh1 {horizon}", "dataset": "ETTh1", "horizon": horizon, "model": model,
        "mse": mse, "mae": mse, "fit_seconds": 1.0,
    }  # fmt: skip


class TestSplits:
    def test_rows_after_the_test_of_an_ett_set_are_not_used(self, tmp_path):
        series = read_long(write(tmp_path, "etth1", 17_420), ETT)
        assert (series.n_train, series.n_chosen_by, series.n_test, len(series.wide)) == (8640, 2880, 2880, 14_400)

    def test_elsewhere_the_last_fifth_is_the_test(self, tmp_path):
        series = read_long(write(tmp_path, "exchange_rate", 7588), EXCHANGE)
        assert (series.n_train, series.n_chosen_by, series.n_test) == (5311, 760, 1517)

    def test_channels_are_measured_by_their_training_part(self, tmp_path):
        train = read_long(write(tmp_path, "exchange_rate", 1000), EXCHANGE).wide.iloc[:700]
        assert np.allclose(train.mean(), 0)
        assert np.allclose(train.std(ddof=0), 1)


class TestErrors:
    def test_no_window_is_dropped_and_none_counts_twice(self, monkeypatch):
        monkeypatch.setattr("forecasting.long_errors.BLOCK", 7)
        series = short()
        forecaster = AttentionForecaster(4, "linear", look_back=8, validation_share=0.25, refit=False)
        forecaster.fit(series.until(120))
        parts = list(blocks(forecaster, series, 4))
        assert sorted(np.concatenate([part.origins for part in parts])) == sorted([*range(120, 147)] * 2)
        whole = forecaster.backtest(series.until(150), n_windows=27, adaptive=False)
        together = errors_of((part.actual, part.forecast.values) for part in parts)
        assert together["mse"] == pytest.approx(np.mean((whole.actual - whole.forecast.values) ** 2))

    def test_the_last_value_is_that_before_each_origin(self):
        series = short(n_test=5)
        values = series.wide.to_numpy()
        expected = np.mean([(values[o : o + 3] - values[o - 1]) ** 2 for o in (120, 121, 122)])
        assert errors_of(last_values(series, 3))["mse"] == pytest.approx(expected)


class TestSummary:
    def test_published_means_are_over_the_horizons_that_were_measured(self):
        published = pd.DataFrame(
            {"model": "X", "dataset": "ETTh1", "horizon": [96, 192, 336], "mse": [1.0, 3.0, 99.0], "mae": 0.0}
        )
        found = summary_of([error("default", 96, 0.5), error("default", 192, 0.7)], published)
        assert found["mse_ETTh1_default"] == pytest.approx(0.6)
        assert found["mse_ETTh1_X_published"] == 2.0

    def test_we_stand_beside_the_better_ridge_of_each_cell(self):
        rows = [error("default", 96, 1.0), error("ridge", 96, 2.0), error("ridge_336", 96, 0.8)]
        rows += [error("default", 192, 1.0), error("ridge", 192, 1.0)]
        assert worst(pd.DataFrame(rows), "mse") == pytest.approx(1.25)

    def test_nothing_published_is_nothing_beside(self, tmp_path):
        assert published_beside(tmp_path / "data").empty
        assert summary_of([error("default", 96, 0.5)], published_beside(tmp_path / "data"))["mse_ETTh1_default"] == 0.5
