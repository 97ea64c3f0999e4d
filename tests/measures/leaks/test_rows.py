"""Rows in the wrong place, rows that come twice, and what is said about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.errors import DataError
from attime.measures.leaks import REMEDIES, leak_check


@pytest.fixture
def two(base, table):
    return pd.concat([table(base("random walk", 200, seed), f"s{seed}") for seed in range(2)], ignore_index=True)


def kinds(report):
    return [found.kind for found in report.findings]


def test_rows_in_order_pass_also_if_series_take_turns(two):
    assert leak_check(two).clean
    assert leak_check(two.sort_values("ds", kind="stable")).clean


@pytest.mark.parametrize("disorder", [lambda f: f.sample(frac=1, random_state=0), lambda f: f[::-1]])
def test_rows_out_of_order_are_found(two, disorder):
    report = leak_check(disorder(two))
    assert kinds(report) == ["time_order"]
    assert set(report.findings[0].series) == {"s0", "s1"}


def test_two_rows_at_a_time_are_found(two):
    report = leak_check(pd.concat([two, two[50:51]]).sort_values(["unique_id", "ds"]))
    assert kinds(report) == ["duplicate_time"]
    assert "1 of 200 times" in report.findings[0].evidence


def test_a_time_far_from_all_others_is_found(two):
    two.loc[399, "ds"] = pd.Timestamp("2042-01-01")
    assert kinds(leak_check(two)) == ["far_time"]


def test_the_same_series_under_two_names_is_found(two):
    twin = two[two["unique_id"] == "s0"].assign(unique_id="twin")
    report = leak_check(pd.concat([two, twin]))
    assert kinds(report) == ["duplicate_series"]
    assert report.findings[0].series == ("s0", "twin")


def test_a_stretch_on_both_sides_of_the_split_is_found(two):
    two.loc[150:189, "y"] = two.loc[20:59, "y"].to_numpy()
    until = two["ds"][120]
    assert kinds(leak_check(two, train_until=until)) == ["repeated_stretch"]
    assert kinds(leak_check(two, train_until=str(until))) == ["repeated_stretch"]


def test_series_that_repeat_themselves_are_no_leak(table):
    week = np.random.default_rng(0).normal(size=168)
    assert leak_check(table(np.tile(week, 10)), train_until="2024-02-01").clean


def test_a_report_tells_what_was_found_and_what_to_do(two):
    two["next"] = two.groupby("unique_id")["y"].shift(-1)
    report = leak_check(two, train_until=two["ds"][120])
    assert report
    assert not report.clean
    assert "column 'next' (certain)" in str(report)
    assert REMEDIES["future_value"] in str(report)
    assert report.to_frame().loc[0, ["kind", "column", "severity"]].tolist() == ["future_value", "next", "certain"]


def test_without_a_column_of_series_there_is_one(two):
    one = two[two.unique_id == two.unique_id[0]].drop(columns="unique_id")
    assert leak_check(one).clean
    assert leak_check(one).n_series == 1
    assert leak_check(one.assign(next=one["y"].shift(-1))).findings[0].column == "next"


@pytest.mark.parametrize(
    "indexed",
    [
        lambda rows: rows.set_index("ds"),
        lambda rows: rows.set_index(["unique_id", "ds"]),
        lambda rows: rows.set_index(pd.PeriodIndex(rows.ds, freq="h")).drop(columns="ds"),
        lambda rows: rows.assign(ds=pd.PeriodIndex(rows.ds, freq="h")),
    ],
)
def test_times_may_stand_in_the_index_and_may_be_periods(two, indexed):
    one = two[two.unique_id == two.unique_id[0]].assign(ds=lambda f: pd.date_range("2024", periods=len(f), freq="h"))
    assert leak_check(indexed(one)).clean
    assert leak_check(indexed(one.assign(next=one["y"].shift(-1)))).findings[0].column == "next"


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: f.rename(columns={"y": "why"}), {}, "no column 'y'"),
        (lambda f: f.drop(columns="ds"), {}, "no column 'ds'"),
        (lambda f: f.assign(y="high"), {}, "column 'y' holds .* expected numbers"),
        (lambda f: f.assign(ds="soon"), {}, "ds holds 'soon', expected times"),
        (lambda f: f[:0], {}, "without rows"),
        (lambda f: f, {"train_until": 3}, "train_until=3 arrived, expected a time like those"),
        (lambda f: f, {"future": ["holiday"]}, "no column 'holiday'"),
    ],
)
def test_what_cannot_be_read_is_refused(two, change, options, message):
    with pytest.raises(DataError, match=message):
        leak_check(change(two), **options)
