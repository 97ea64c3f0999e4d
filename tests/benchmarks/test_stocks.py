"""The stock benchmark: cut as the published figures were, errors of prices, and what is compared with what."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from common import Settings
from forecasting.stock_data import CONDITIONS, GAP, HORIZON, PUBLISHED, Stock, percentage_errors, read_stock
from stocks import MODELS, STEPS, at_or_below_published, mean_of_seeds, published_rows, summary_of, trials

from attime.errors import DataError

DATA = Path(os.environ.get("ATTIME_DATA", "data"))


def table_of(folder: Path, n_train: int = 30, n_later: int = 50) -> Path:
    """Write a table like the real one, and return the folder of data."""
    rng = np.random.default_rng(0)
    n = n_train + n_later
    table = pd.DataFrame(
        {
            "ticker": "TMO", "date": pd.date_range("2015", periods=n), "close": np.exp(rng.normal(size=n)),
            "sentiment": rng.normal(size=n), "conv_filter": rng.normal(size=n),
            "part": ["train"] * n_train + ["later"] * n_later,
        }
    )  # fmt: skip
    (folder / "forecasting").mkdir()
    table.to_csv(folder / "forecasting" / "stocks_sentiment.csv", index=False)
    return folder


def row(model: str, condition: str = "price", seed: int = 0, mape: float = 2.0) -> dict[str, object]:
    """Return a record of one fit."""
    return {
        "set": f"TMO, 10 lags, {condition}", "ticker": "TMO", "lags": 10, "condition": condition, "model": model,
        "seed": seed, "mape": mape, **dict.fromkeys(STEPS, mape), "over_last_value": mape / 2, "p_value": 0.5,
        "fit_seconds": 1.0,
    }  # fmt: skip


class TestParts:
    def test_the_part_to_choose_by_is_exactly_what_the_forecaster_holds_out(self, tmp_path):
        stock = read_stock(table_of(tmp_path), "TMO", "price")
        n_steps = int(stock.before_the_test["ds"].iloc[-1]) + 1
        assert (n_steps, stock.n_chosen_by, stock.n_test) == (30 + GAP + 30, 30, 20)
        assert round(stock.share_to_choose_by * n_steps) == 30

    def test_days_that_no_part_uses_are_a_gap_in_time(self, tmp_path):
        days = read_stock(table_of(tmp_path), "TMO", "price").days
        assert days["ds"].diff().value_counts().to_dict() == {1: 78, GAP + 1: 1}

    def test_every_window_of_the_test_lies_within_the_test(self):
        stock = Stock(pd.DataFrame(), n_chosen_by=166, n_test=111)
        assert [stock.n_windows(lags) for lags in (5, 10, 21)] == [102, 97, 86]

    def test_a_condition_reads_its_column_and_no_other(self, tmp_path):
        folder = table_of(tmp_path)
        read = {name: [*read_stock(folder, "TMO", name).days.columns[2:]] for name in CONDITIONS}
        assert read == {name: [column] if column else [] for name, column in CONDITIONS.items()}

    def test_a_folder_without_the_file_is_said_to_be_one(self, tmp_path):
        with pytest.raises(DataError, match="--data"):
            read_stock(tmp_path, "TMO", "price")

    @pytest.mark.skipif(not DATA.is_dir(), reason="ATTIME_DATA does not name the folder of public data sets")
    def test_the_last_value_has_the_errors_that_were_measured_for_it(self):
        stock = read_stock(DATA, "TMO", "price")
        test = stock.days["y"].to_numpy()[-stock.n_test :]
        windows = np.lib.stride_tricks.sliding_window_view(test, 10 + HORIZON)
        errors = percentage_errors(windows[:, 10:], windows[:, 9:10]).mean(axis=0)
        assert errors == pytest.approx([1.2867, 1.8028, 2.1621, 2.3316, 2.5362], abs=5e-5)


class TestTrials:
    @staticmethod
    def asked(only: str | None = None, seeds: int = 2) -> list[tuple[str, int, str]]:
        settings = Settings(
            data=Path(), pictures=Path(), seeds=seeds, first_seed=7, quick=False, only=only, models=None, threads=1,
            resume=False, out=Path(),
        )  # fmt: skip
        return [(cell.name, seed, model) for cell, seed, model in trials(settings)]

    def test_what_is_not_random_runs_once_and_everything_else_with_every_seed(self):
        seeds = {
            model: sorted(seed for _, seed, other in self.asked("BF_B, 5 lags, price") if other == model)
            for model in MODELS
        }
        assert (seeds["linear"], seeds["default"], seeds["rim"]) == ([7], [7, 8], [7, 8])

    def test_networks_scaled_as_published_run_where_figures_are_published(self):
        where = {name for name, _, model in self.asked() if model.endswith("as_published")}
        assert where == {f"TMO, 10 lags, {condition}" for condition, _ in PUBLISHED}


class TestSummary:
    def test_seeds_are_averaged(self):
        (means,) = mean_of_seeds([row("rim", seed=0, mape=2.0), row("rim", seed=1, mape=3.0)])
        assert (means["mape"], means["n_seeds"]) == (2.5, 2)

    def test_as_many_steps_count_as_reach_the_published_figure(self):
        means = [row("rim", mape=2.55), row("rim_as_published", mape=99.0), row("default", mape=0.1)]
        assert at_or_below_published(means) == {
            "steps_at_or_below_published_rim": 3,  # of 2.7522 2.9103 2.4824 2.5419 2.5887
            "steps_at_or_below_published_rim_as_published": 0,
        }

    def test_other_stocks_are_not_compared_with_figures_of_this_one(self):
        assert at_or_below_published([row("rim") | {"ticker": "AMZN"}]) == {}

    def test_the_worst_of_our_cells_is_named(self):
        found = summary_of([row("default", mape=2.0), row("default", "sentiment", mape=2.2), row("rnn", mape=9.0)])
        assert found["worst_ratio_to_last_value"] == pytest.approx(1.1)
        assert found["mape_TMO_10_sentiment_default"] == 2.2

    def test_published_figures_stand_beside_as_records(self):
        assert len(published_rows()) == len(PUBLISHED)
        assert published_rows()[2]["mape"] == pytest.approx(2.6551, abs=5e-5)
