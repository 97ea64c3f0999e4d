"""What a column may know of other columns, of columns known ahead, of short series, and with missing values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from attime.measures.leaks import leak_check

RNG = np.random.default_rng(0)
N = 900


def kinds(report):
    return [(found.kind, found.column) for found in report.findings]


@pytest.mark.parametrize(
    "smooth", [lambda x: np.convolve(x, np.ones(61) / 61, "same"), lambda x: ndimage.gaussian_filter1d(x, 1)]
)
def test_smoothing_of_another_column_is_found_and_the_raw_column_is_not_accused(base, table, smooth):
    x = RNG.normal(size=N)
    columns = {"x": x, "smooth": smooth(x), "mean": pd.Series(x).rolling(5).mean().to_numpy()}
    assert kinds(leak_check(table(base("random walk", N, 0), **columns))) == [("two_sided_filter", "smooth")]


def test_smoothing_on_each_side_of_a_gap_is_found(base, table):
    x, halves = RNG.normal(size=N), (slice(0, 500), slice(500, N))
    smooth = np.concatenate([np.convolve(x[half], np.ones(41) / 41, "same") for half in halves])
    frame = table(base("season", N, 0), x=x, smooth=smooth)
    frame.loc[500:, "ds"] += pd.Timedelta(days=90)
    assert kinds(leak_check(frame)) == [("two_sided_filter", "smooth")]


def test_what_is_known_ahead_may_look_ahead_but_not_at_the_target(base, table):
    y, x = base("autoregression", N, 0), RNG.normal(size=N)
    frame = table(y, x=x, smooth=np.convolve(x, np.ones(7) / 7, "same"), told=2 * y + 1, before=np.r_[np.nan, y[:-1]])
    assert kinds(leak_check(frame, future=["x", "smooth", "before"])) == []
    assert kinds(leak_check(frame, future=["x", "smooth", "told"])) == [("future_value", "told")]


def test_many_short_series_are_looked_at_together(table):
    frames = []
    for i in range(60):
        y = pd.Series(RNG.normal(size=40).cumsum())
        leak, honest = y.rolling(3, center=True).mean(), y.rolling(3).mean()
        frames.append(table(y.to_numpy(), f"s{i}", leak=leak.to_numpy(), honest=honest.to_numpy()))
    report = leak_check(pd.concat(frames))
    assert kinds(report) == [("two_sided_filter", "leak")]
    assert len(report.findings[0].series) == 60


def test_missing_values_do_not_hide_a_leak(base, table):
    y = base("autoregression", N, 0)
    leak = pd.Series(y).rolling(5, center=True).mean().to_numpy().copy()
    later = np.r_[y[1:], np.nan]
    for column in (y, leak, later):
        column[RNG.random(N) < 0.05] = np.nan
    found = kinds(leak_check(table(y, leak=leak, later=later)))
    assert ("two_sided_filter", "leak") in found
    assert ("future_value", "later") in found


@pytest.mark.parametrize(("method", "kind"), [("bfill", "backward_fill"), ("interpolate", "interpolation")])
def test_gaps_filled_from_behind_are_found(base, table, method, kind):
    y = pd.Series(base("random walk", N, 0))
    y[RNG.random(N) < 0.2] = np.nan
    assert (kind, "filled") in kinds(leak_check(table(y.to_numpy(), filled=getattr(y, method)().to_numpy())))
    assert kinds(leak_check(table(y.to_numpy(), filled=y.ffill().to_numpy()))) == []


@pytest.mark.parametrize("statistic", ["mean", "std", "max", "last"])
def test_a_statistic_of_each_whole_series_is_found_unless_of_the_training_part(base, table, statistic):
    frames = [table(base("random walk", 100, seed), str(seed)) for seed in range(4)]
    for frame in frames:
        frame["whole"] = frame["y"].agg(statistic) if statistic != "last" else frame["y"].iloc[-1]
        frame["part"] = frame["y"][:70].agg(statistic) if statistic != "last" else frame["y"][69]
    assert kinds(leak_check(pd.concat(frames))) == [("whole_series_statistic", "whole")]


def test_means_of_groups_over_all_series_are_found(base, table):
    frame = pd.concat([table(base("season", 300, seed), str(seed)) for seed in range(3)])
    frame["hour"] = frame.groupby(frame["ds"].dt.hour)["y"].transform("mean")
    report = leak_check(frame)
    assert kinds(report) == [("target_encoding", "hour")]
    assert report.findings[0].series == ("0", "1", "2")


@pytest.mark.parametrize("y", [np.ones(50), np.full(50, np.nan), np.arange(3.0), np.ones(1)], ids=str)
def test_targets_that_say_nothing_are_no_error(table, y):
    other = RNG.normal(size=len(y))
    assert leak_check(table(y, x=other, z=np.cumsum(other))).clean


def test_a_calendar_whose_longest_period_is_more_than_the_series_is_no_error(table):
    frame = table(RNG.normal(size=144).cumsum()).assign(ds=pd.date_range("1949-01-01", periods=144, freq="MS"))
    assert leak_check(frame.assign(month=frame["ds"].dt.month)).clean
