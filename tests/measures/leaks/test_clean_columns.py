"""Honest columns pass, however smooth, however seasonal, however close to the target."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage, signal

from attime.measures.leaks import leak_check

N = 1400
SERIES = [
    ("season", 2),
    pytest.param("random walk", 0, marks=pytest.mark.slow),
    pytest.param("autoregression", 1, marks=pytest.mark.slow),
]
TIME = np.arange(N)
HOURS = pd.date_range("2024-01-01", periods=N, freq="h")


def before(y, steps):
    return np.r_[np.full(steps, np.nan), y[:-steps]]


def past(y, width):
    return pd.Series(y).rolling(width)


def noise(rng):
    return rng.normal(size=N)


CLEAN = {
    "mean of 30": lambda y, rng: past(y, 30).mean(),
    "mean of 365": lambda y, rng: past(y, 365).mean(),
    "mean in a growing window": lambda y, rng: pd.Series(y).rolling(7, min_periods=1).mean(),
    "median": lambda y, rng: past(y, 11).median(),
    "maximum": lambda y, rng: past(y, 24).max(),
    "deviation": lambda y, rng: past(y, 20).std(),
    "value before": lambda y, rng: before(y, 1),
    "value of the day before": lambda y, rng: before(y, 24),
    "value far before": lambda y, rng: before(y, 200),
    "exponential mean": lambda y, rng: pd.Series(y).ewm(alpha=0.1).mean(),
    "slow exponential mean": lambda y, rng: pd.Series(y).ewm(alpha=0.02).mean(),
    "mean so far": lambda y, rng: pd.Series(y).expanding().mean(),
    "maximum so far": lambda y, rng: np.maximum.accumulate(y),
    "sum so far": lambda y, rng: np.cumsum(y),
    "difference": lambda y, rng: y - before(y, 1),
    "return": lambda y, rng: y / before(y, 1) - 1,
    "direction": lambda y, rng: np.sign(y - before(y, 1)),
    "mean of the day before": lambda y, rng: before(pd.Series(y).groupby(HOURS.date).transform("mean").values, 24),
    "mean of the day so far": lambda y, rng: pd.Series(y).groupby(HOURS.date).transform(lambda d: d.expanding().mean()),
    "causal Butterworth filter": lambda y, rng: signal.lfilter(*signal.butter(2, 0.1), y),
    "causal Savitzky-Golay filter": lambda y, rng: before(signal.savgol_filter(y, 21, 3), 10),
    "scaled": lambda y, rng: (y - y.min()) / np.ptp(y),
    "squared": lambda y, rng: y**2,
    "logarithm": lambda y, rng: np.log(y),
    "with noise": lambda y, rng: y + 0.1 * noise(rng),
    "leading with as much noise": lambda y, rng: np.r_[y[1:], y[-1]] + np.std(np.diff(y)) * noise(rng),
    "hour": lambda y, rng: HOURS.hour.to_numpy(float),
    "weekend": lambda y, rng: (HOURS.day_of_week >= 5).astype(float),
    "days of the month": lambda y, rng: HOURS.days_in_month.to_numpy(float),
    "holidays": lambda y, rng: (rng.random(N) < 0.02).astype(float),
    "time": lambda y, rng: TIME.astype(float),
    "daily wave": lambda y, rng: np.sin(2 * np.pi * TIME / 24),
    "yearly wave": lambda y, rng: np.sin(2 * np.pi * TIME / 365.25),
    "waves": lambda y, rng: np.sin(2 * np.pi * TIME / 24) + np.cos(2 * np.pi * TIME / 168) + np.sin(TIME / 2),
    "saw tooth": lambda y, rng: TIME % 37.0,
    "random walk": lambda y, rng: np.cumsum(noise(rng)),
    "twice integrated noise": lambda y, rng: np.cumsum(np.cumsum(noise(rng))),
    "smooth noise": lambda y, rng: ndimage.gaussian_filter1d(noise(rng), 5),
    "very smooth noise": lambda y, rng: ndimage.gaussian_filter1d(noise(rng), 30),
    "counts": lambda y, rng: rng.poisson(2, size=N).astype(float),
    "counter": lambda y, rng: np.cumsum(rng.poisson(2, size=N)).astype(float),
    "monthly figure": lambda y, rng: rng.normal(size=13)[HOURS.month - 1],
    "constant": lambda y, rng: np.ones(N),
    "missing": lambda y, rng: np.full(N, np.nan),
    "gaps filled forward": lambda y, rng: pd.Series(np.where(rng.random(N) < 0.3, np.nan, noise(rng))).ffill(),
    "mean of 7, with gaps": lambda y, rng: np.where(rng.random(N) < 0.05, np.nan, past(y, 7).mean()),
}

TOGETHER = (
    "mean of 30",
    "value before",
    "exponential mean",
    "maximum",
    "difference",
    "waves",
    "smooth noise",
    "weekend",
)


@pytest.mark.parametrize(("kind", "seed"), SERIES)
@pytest.mark.parametrize("name", CLEAN)
def test_an_honest_column_passes(base, table, name, kind, seed):
    y = base(kind, N, seed)
    report = leak_check(table(y, column=np.asarray(CLEAN[name](y, np.random.default_rng(seed + 100)))))
    assert report.clean, str(report)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["random walk", "autoregression", "season"])
def test_honest_columns_do_not_accuse_each_other(base, table, kind):
    y, rng = base(kind, N, 0), np.random.default_rng(100)  # not the noise that y was made of
    report = leak_check(table(y, **{name: np.asarray(CLEAN[name](y, rng)) for name in TOGETHER}))
    assert report.clean, str(report)


def slow(rng):
    return 10 * ndimage.gaussian_filter1d(noise(rng), 10)


DRIVERS = {
    "read with noise": lambda rng: ((x := slow(rng)), x + noise(rng)),
    "read with little noise": lambda rng: ((x := slow(rng)), x + 0.05 * noise(rng)),
    "acts a step later": lambda rng: ((x := np.cumsum(noise(rng))), np.r_[0, x[:-1]] + noise(rng)),
    "acts on, fading": lambda rng: ((x := noise(rng)), signal.lfilter([0, 1], [1, -0.8], x + 0.5 * noise(rng))),
    "is averaged": lambda rng: ((x := noise(rng)), np.convolve(x, np.ones(5) / 5)[:N]),
    "is averaged, more of the past": lambda rng: ((x := noise(rng)), 0.3 * x + 0.7 * np.r_[0, x[:-1]]),
    "acts in the square": lambda rng: (
        (x := 10 * np.sin(2 * np.pi * TIME / 24) + signal.lfilter([1], [1, -0.95], noise(rng))),
        0.3 * x**2 + noise(rng),
    ),
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", DRIVERS)
def test_a_column_that_drives_the_target_passes(table, name, seed):
    x, y = DRIVERS[name](np.random.default_rng(seed))
    report = leak_check(table(y, x=x))
    assert report.clean, str(report)


def test_an_honest_lag_of_another_column_does_not_make_that_column_a_leak(base, table):
    y, rng = base("random walk", N, 0), np.random.default_rng(1)
    x = signal.lfilter([1], [1, -0.9], noise(rng))
    columns = {"x": x, "before": before(x, 3), "mean": past(x, 9).mean(), "slow": pd.Series(x).ewm(alpha=0.1).mean()}
    assert leak_check(table(y, **columns, mean_before=before(past(x, 9).mean(), 1))).clean
