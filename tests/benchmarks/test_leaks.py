"""The benchmark of the leakage check: what is planted knows the future, what is honest does not, and what counts."""

from __future__ import annotations

import json
from dataclasses import replace

import leaks
import numpy as np
import pandas as pd
import pytest
from common import Settings
from forecasting.honest_columns import COLUMN, HONEST
from forecasting.leak_tables import KNOWN_LEAK, LeakTable, given_tables, honest_views, random_tables
from forecasting.planted_leaks import LEAK, LEAKS, by_series

from attime.errors import DataError, OptionError
from attime.measures.leaks import REMEDIES

COLUMNS = [name for name, leak in LEAKS.items() if not leak.in_rows]
ROWS = [name for name, leak in LEAKS.items() if leak.in_rows]


@pytest.fixture(scope="module")
def table() -> LeakTable:
    return next(random_tables(0))


def changed_later(table: LeakTable) -> tuple[LeakTable, np.ndarray]:
    """Return the table with other values in the last fifth of the times, and which rows come before these."""
    times = table.frame["ds"]
    early = (times < times.unique()[int(0.8 * times.nunique())]).to_numpy()
    other = table.frame["y"] * np.random.default_rng(1).uniform(1.5, 2, len(times))
    return replace(table, frame=table.frame.assign(y=table.frame["y"].where(early, other))), early


def settings_of(tmp_path, **changes) -> Settings:
    """Ask for a quick run."""
    plain = Settings(
        data=tmp_path / "data", pictures=tmp_path, seeds=None, first_seed=0, quick=True, only=None, models=None,
        threads=1, resume=False, out=tmp_path / "leaks.json",
    )  # fmt: skip
    return replace(plain, **changes)


def write_data(tmp_path) -> None:
    """Write stocks with a smoothed sentiment, and a wide table."""
    folder = tmp_path / "data" / "forecasting"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    days = pd.bdate_range("2020-01-01", periods=400)
    sentiment = rng.normal(size=400)
    stocks = {"ticker": "A", "date": days, "close": np.exp(0.01 * rng.normal(size=400).cumsum())}
    smooth = np.convolve(sentiment, np.ones(21) / 21, "same")
    stocks |= {"sentiment": sentiment, KNOWN_LEAK: smooth, "part": "train"}
    pd.DataFrame(stocks).to_csv(folder / "stocks.csv", index=False)
    wide = pd.DataFrame(rng.normal(size=(400, 3)).cumsum(0), columns=["a", "b", "last"])
    wide.insert(0, "date", days)
    wide.to_csv(folder / "wide.csv.gz", index=False)


class TestPlanting:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_a_planted_column_changes_with_what_comes_later(self, table, name):
        later, early = changed_later(table)
        before, after = (LEAKS[name].plant(one, 3)[LEAK].to_numpy()[early] for one in (table, later))
        assert not np.allclose(before, after, equal_nan=True)

    @pytest.mark.parametrize("name", HONEST)
    def test_an_honest_column_does_not(self, table, name):
        later, early = changed_later(table)
        if name == "present value with noise":  # its noise is measured by the whole series, and knows nothing
            pytest.skip("differs by the size of its noise")
        before, after = (by_series(HONEST[name], COLUMN)(one, 3)[COLUMN].to_numpy()[early] for one in (table, later))
        assert np.allclose(before, after, equal_nan=True)

    @pytest.mark.parametrize("name", ROWS)
    def test_rows_are_spoilt_and_the_table_that_was_given_is_not(self, table, name):
        before = table.frame.copy()
        assert not LEAKS[name].plant(table, 0).equals(before)
        assert table.frame.equals(before)

    def test_a_stretch_is_on_both_sides_also_if_no_series_reaches_over_the_split(self, table):
        frame = table.frame.copy()
        frame.loc[frame["unique_id"] == "c", "ds"] += pd.Timedelta(days=500)
        assert not leaks.planted(replace(table, frame=frame), "a stretch on both sides", 0)["missed"]

    def test_every_kind_that_the_check_knows_is_planted(self):
        assert {leak.kind for leak in LEAKS.values()} == set(REMEDIES)


class TestTables:
    def test_wide_tables_become_series_and_the_known_leak_is_in_no_honest_view(self, tmp_path):
        write_data(tmp_path)
        stocks, wide = given_tables(tmp_path / "data")
        assert KNOWN_LEAK in stocks.frame
        assert wide.frame["unique_id"].unique().tolist() == ["a", "b", "last"]
        views = {view.name: view for view in honest_views(tmp_path / "data")}
        assert list(views) == [
            "stocks: as given",
            "stocks: forecast of sentiment",
            "wide: as given",
            "wide: forecast of last",
        ]
        assert not any(KNOWN_LEAK in view.frame for view in views.values())
        assert KNOWN_LEAK not in stocks.to_plant_in().frame

    def test_a_folder_without_tables_is_said_to_be_one(self, tmp_path):
        with pytest.raises(DataError, match="there are no tables"):
            [*given_tables(tmp_path)]


class TestSummary:
    def test_shares_are_of_leaks_and_of_honest_tables(self):
        right = {"set": "a", "model": "x", "kind": "honest", "missed": False, "named": False, "accused": False}
        right |= {"seconds": 1.0}
        rows = [right, right | {"accused": True}, right | {"kind": "far_time", "missed": True}]
        rows.append(right | {"kind": "far_time", "named": True})
        found = leaks.summary_of(pd.DataFrame(rows))
        assert (found["found_share"], found["false_alarm_share"], found["named_share"]) == (0.5, 0.5, 0.5)
        assert (found["found_far_time"], found["found_conv_filter"]) == (0.5, None)

    def test_a_check_that_fails_has_found_nothing(self):
        found = leaks.outcome(lambda: 1 / 0)
        assert (found["missed"], found["accused"]) == (True, False)
        assert found["failed"] == "ZeroDivisionError: division by zero"


class TestRun:
    def test_a_quick_run_finds_the_smoothed_sentiment_and_goes_on_where_it_was(self, tmp_path):
        write_data(tmp_path)
        result = leaks.run(settings_of(tmp_path, only="stocks"))
        assert (result.summary["found_conv_filter"], result.summary["sentiment_accused"]) == (1.0, 0.0)
        assert result.summary["found_share"] > 0.8
        assert (tmp_path / "leaks.png").is_file()
        json.dumps(result.summary, allow_nan=False)
        assert leaks.run(settings_of(tmp_path, only="stocks", resume=True)).rows == result.rows

    def test_a_set_that_is_none_is_said_to_be_none(self, tmp_path):
        write_data(tmp_path)
        with pytest.raises(OptionError, match="leaves nothing"):
            leaks.run(settings_of(tmp_path, only="moon"))
