"""Columns that know the future are found, each by its kind, whatever the series they were made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage, signal, stats

from attime.measures.leaks import leak_check

N = 1400
SERIES = [
    ("season", 2),
    pytest.param("random walk", 0, marks=pytest.mark.slow),
    pytest.param("autoregression", 1, marks=pytest.mark.slow),
]
HOURS = pd.date_range("2024-01-01", periods=N, freq="h")


def centred(y, width, **options):
    return pd.Series(y).rolling(width, center=True, **options)


def season(y):
    trend = np.convolve(y, np.r_[0.5, np.ones(23), 0.5] / 24, mode="valid")
    deviation = pd.Series(np.r_[np.full(12, np.nan), y[12:-12] - trend, np.full(12, np.nan)])
    means = deviation.groupby(np.arange(len(y)) % 24).transform("mean")
    return means - means[:24].mean()


def later(y, steps):
    return np.r_[y[steps:], np.full(steps, np.nan)]


def backward(y, alpha):
    return pd.Series(y[::-1]).ewm(alpha=alpha).mean().to_numpy()[::-1]


def every_day(y, statistic):
    return pd.Series(y).groupby(HOURS.date).transform(statistic)


PLANTED = {
    "centred mean of 7": ("two_sided_filter", lambda y, rng: centred(y, 7).mean()),
    "centred mean of 127, zeros beyond": (
        "two_sided_filter",
        lambda y, rng: np.convolve(y, np.ones(127) / 127, "same"),
    ),
    "centred mean of 365": ("two_sided_filter", lambda y, rng: centred(y, 365).mean()),
    "centred mean in a shrinking window": ("two_sided_filter", lambda y, rng: centred(y, 25, min_periods=1).mean()),
    "trend of a decomposition": (
        "two_sided_filter",
        lambda y, rng: np.convolve(y, np.r_[0.5, np.ones(23), 0.5] / 24, "same"),
    ),
    "centred mean, noisy": (
        "two_sided_filter",
        lambda y, rng: (m := centred(y, 25).mean()) + 0.005 * m.std() * rng.normal(size=N),
    ),
    "Gaussian filter": ("two_sided_filter", lambda y, rng: ndimage.gaussian_filter1d(y, 5)),
    "wide Gaussian filter": ("two_sided_filter", lambda y, rng: ndimage.gaussian_filter1d(y, 20)),
    "Savitzky-Golay filter": ("two_sided_filter", lambda y, rng: signal.savgol_filter(y, 21, 3)),
    "triangular filter": ("two_sided_filter", lambda y, rng: np.convolve(y, np.bartlett(33) / 16, "same")),
    "filter run both ways": ("two_sided_filter", lambda y, rng: signal.filtfilt(*signal.butter(2, 0.1), y)),
    "deviation from a centred mean": ("two_sided_filter", lambda y, rng: y - centred(y, 25).mean()),
    "central difference": ("two_sided_filter", lambda y, rng: np.gradient(y)),
    "next value": ("future_value", lambda y, rng: later(y, 1)),
    "value of the next day, scaled": ("future_value", lambda y, rng: 3 - 2 * later(y, 24)),
    "value far away": ("future_value", lambda y, rng: later(y, 200)),
    "next difference": ("future_value", lambda y, rng: later(y, 1) - y),
    "difference to 5 steps later": ("future_value", lambda y, rng: later(y, 5) - y),
    "next return": ("future_value", lambda y, rng: later(y, 1) / y - 1),
    "next logarithmic return": ("future_value", lambda y, rng: np.log(later(y, 1) / y)),
    "direction": ("future_value", lambda y, rng: np.sign(later(y, 3) - y)),
    "next value with noise": (
        "too_good_predictor",
        lambda y, rng: later(y, 1) + 0.1 * np.std(np.diff(y)) * rng.normal(size=N),
    ),
    "mean of the next 10": (
        "future_window",
        lambda y, rng: later(pd.Series(y[::-1]).rolling(10).mean()[::-1].values, 1),
    ),
    "exponential mean backwards": ("future_window", lambda y, rng: backward(y, 0.2)),
    "slow exponential mean backwards": ("future_window", lambda y, rng: backward(y, 0.1)),
    "centred median": ("rolling_statistic", lambda y, rng: centred(y, 9).median()),
    "centred median of an even window": ("rolling_statistic", lambda y, rng: centred(y, 24).median()),
    "centred maximum": ("rolling_statistic", lambda y, rng: centred(y, 25).max()),
    "centred minimum": ("rolling_statistic", lambda y, rng: centred(y, 7).min()),
    "centred deviation": ("rolling_statistic", lambda y, rng: centred(y, 31).std()),
    "mean of the day": ("block_aggregate", lambda y, rng: every_day(y, "mean")),
    "sum of the day": ("block_aggregate", lambda y, rng: every_day(y, "sum")),
    "maximum of the day": ("block_aggregate", lambda y, rng: every_day(y, "max")),
    "last value of the day": ("block_aggregate", lambda y, rng: every_day(y, "last")),
    "mean of the week": (
        "block_aggregate",
        lambda y, rng: pd.Series(y).groupby(HOURS.to_period("W")).transform("mean"),
    ),
    "rank": ("whole_series_transform", lambda y, rng: stats.rankdata(y) / N),
    "percentile from 0 to 1": ("whole_series_transform", lambda y, rng: (stats.rankdata(y) - 1) / (N - 1)),
    "residual of a line": ("whole_series_transform", lambda y, rng: signal.detrend(y)),
    "share of the total": ("whole_series_transform", lambda y, rng: np.cumsum(y) / y.sum()),
    "rest of the total": ("whole_series_transform", lambda y, rng: y.sum() - np.cumsum(y)),
    "mean of the hour": ("target_encoding", lambda y, rng: pd.Series(y).groupby(HOURS.hour).transform("mean")),
    "mean of the weekday": (
        "target_encoding",
        lambda y, rng: pd.Series(y).groupby(HOURS.day_of_week).transform("mean"),
    ),
    "season of a decomposition": ("target_encoding", lambda y, rng: season(y)),
    "line between every tenth value": (
        "interpolation",
        lambda y, rng: np.interp(np.arange(N), np.arange(0, N, 10), y[::10]),
    ),
}


@pytest.mark.parametrize(("kind", "seed"), SERIES)
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found_by_its_kind(base, table, name, kind, seed):
    y = base(kind, N, seed)
    expected, leak = PLANTED[name]
    rng = np.random.default_rng(seed + 100)
    report = leak_check(table(y, leak=np.asarray(leak(y, rng))))
    assert expected in {found.kind for found in report.findings}, str(report)
