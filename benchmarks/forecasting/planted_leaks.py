"""Leaks to plant in a table, by what they are, and the kind by which the check should name them.

How far they reach is drawn: up to 12 steps, or a twentieth of the series where that is less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import ndimage, signal, stats

from forecasting.leak_tables import LeakTable

LEAK = "planted"  # the name of the column
MOST_STEPS = 12
STRETCH = 40  # steps that stand on both sides of the split
GAPS, TWICE = 0.2, 0.02  # shares of rows
NOISE = 0.1  # deviations of a step
Rng = np.random.Generator
Feature = Callable[[pd.Series, int, Rng], object]  # of a series (by its time), how far to reach, and chance
Plant = Callable[[LeakTable, int], pd.DataFrame]


@dataclass(frozen=True)
class Leak:
    """How a leak is planted, and what the check calls it; `in_rows` if no column is to blame."""

    kind: str
    plant: Plant
    in_rows: bool = False
    of_several: bool = False


def by_series(feature: Feature, column: str = LEAK) -> Plant:
    """Make a column of what a function returns for each series; all series of a table have the same reach."""

    def plant(table: LeakTable, seed: int) -> pd.DataFrame:
        made = [with_feature(own, feature, seed, column) for _, own in table.frame.groupby("unique_id", sort=False)]
        return pd.concat(made, ignore_index=True)

    return plant


def with_feature(own: pd.DataFrame, feature: Feature, seed: int, column: str) -> pd.DataFrame:
    """Give the rows of one series a column."""
    rng = np.random.default_rng(seed)
    reach = int(rng.integers(1, max(1, min(MOST_STEPS, len(own) // 20)) + 1))
    values = np.asarray(feature(own.set_index("ds")["y"], reach, rng), dtype=np.float64)
    return own.assign(**{column: np.where(np.isfinite(values), values, np.nan)})


def calendar_of(times: pd.Index) -> tuple[str, pd.Index]:
    """Return the period of the calendar that holds several steps, and the group that returns, by the usual step."""
    dates = pd.DatetimeIndex(times)
    step = pd.Series(dates).diff().median()
    if step < pd.Timedelta(days=1):
        return "D", dates.hour
    if step < pd.Timedelta(days=7):
        return "W", dates.day_of_week
    return ("M" if step < pd.Timedelta(days=28) else "Y"), dates.month


def centred(y: pd.Series, reach: int) -> pd.api.typing.Rolling:
    """Return windows of as many steps before as after."""
    return y.rolling(2 * reach + 1, center=True)


def noise_like(y: pd.Series, rng: Rng) -> np.ndarray:
    """Return noise that is small beside the steps of the series."""
    return NOISE * float(y.diff().std()) * rng.normal(size=len(y))


def _both_ways(y: pd.Series, reach: int, rng: Rng) -> object:
    return signal.filtfilt(*signal.butter(2, 0.5 / (1 + reach)), y)


def _block_mean(y: pd.Series, reach: int, rng: Rng) -> object:
    return y.groupby(pd.DatetimeIndex(y.index).to_period(calendar_of(y.index)[0])).transform("mean")


def _shuffled(table: LeakTable, seed: int) -> pd.DataFrame:
    return table.frame.sample(frac=1, random_state=seed)


def _rows_twice(table: LeakTable, seed: int) -> pd.DataFrame:
    again = table.frame.sample(frac=TWICE, random_state=seed)
    return pd.concat([table.frame, again]).sort_values(["unique_id", "ds"], kind="stable")


def _far(table: LeakTable, seed: int) -> pd.DataFrame:
    frame, times = table.frame.copy(), table.frame["ds"]
    frame.loc[frame.index[-1], "ds"] = times.max() + 2 * (times.max() - times.min())
    return frame


def _stretch(table: LeakTable, seed: int) -> pd.DataFrame:
    frame, rng = table.frame.copy(), np.random.default_rng(seed)
    late = frame["ds"] > table.train_until
    train, test = (_longest(frame[part]) for part in (~late, late))
    length = min(STRETCH, len(test))
    first, again = (int(rng.integers(len(part) - length + 1)) for part in (train, test))
    frame.loc[test[again : again + length], "y"] = frame.loc[train[first : first + length], "y"].to_numpy()
    return frame


def _longest(rows: pd.DataFrame) -> pd.Index:
    """Return the rows of the series that has most of them: not all series need to reach over the split."""
    return max((own.index for _, own in rows.groupby("unique_id", sort=False)), key=len)


def _twin(table: LeakTable, seed: int) -> pd.DataFrame:
    first = table.frame[table.frame["unique_id"] == table.frame["unique_id"].iloc[0]]
    return pd.concat([table.frame, first.assign(unique_id="twin")], ignore_index=True)


def filled(how: str) -> Plant:
    """Make gaps in the target, and a column where they are filled."""

    def plant(table: LeakTable, seed: int) -> pd.DataFrame:
        known = np.random.default_rng(seed).random(len(table.frame)) >= GAPS
        gappy = LeakTable(table.name, table.frame.assign(y=table.frame["y"].where(known)))
        return by_series(lambda y, reach, rng: getattr(y.reset_index(drop=True), how)())(gappy, seed)

    return plant


LEAKS = {
    "centred mean": Leak("two_sided_filter", by_series(lambda y, reach, rng: centred(y, reach).mean())),
    "Gaussian filter": Leak(
        "two_sided_filter", by_series(lambda y, reach, rng: ndimage.gaussian_filter1d(y, 0.5 + reach / 3))
    ),
    "Savitzky-Golay filter": Leak(
        "two_sided_filter", by_series(lambda y, reach, rng: signal.savgol_filter(y, 2 * reach + 3, 2))
    ),
    "filter run both ways": Leak("two_sided_filter", by_series(_both_ways)),
    "deviation from a centred mean": Leak(
        "two_sided_filter", by_series(lambda y, reach, rng: y - centred(y, reach).mean())
    ),
    "value to come": Leak("future_value", by_series(lambda y, reach, rng: 2 - 3 * y.shift(-reach))),
    "difference to come": Leak("future_value", by_series(lambda y, reach, rng: y.shift(-reach) - y)),
    "return to come": Leak("future_value", by_series(lambda y, reach, rng: y.shift(-reach) / y - 1)),
    "direction to come": Leak("future_value", by_series(lambda y, reach, rng: np.sign(y.shift(-reach) - y))),
    "mean to come": Leak(
        "future_window", by_series(lambda y, reach, rng: y[::-1].rolling(reach + 1).mean()[::-1].shift(-1))
    ),
    "exponential mean backwards": Leak(
        "future_window", by_series(lambda y, reach, rng: y[::-1].ewm(alpha=1 / (1 + reach)).mean()[::-1])
    ),
    "next value with noise": Leak(
        "too_good_predictor", by_series(lambda y, reach, rng: y.shift(-1) + noise_like(y, rng))
    ),
    "centred median": Leak("rolling_statistic", by_series(lambda y, reach, rng: centred(y, reach).median())),
    "centred maximum": Leak("rolling_statistic", by_series(lambda y, reach, rng: centred(y, reach).max())),
    "centred deviation": Leak("rolling_statistic", by_series(lambda y, reach, rng: centred(y, reach).std())),
    "mean of the block": Leak("block_aggregate", by_series(_block_mean)),
    "mean of the whole series": Leak(
        "whole_series_statistic", by_series(lambda y, reach, rng: np.full(len(y), y.mean())), of_several=True
    ),
    "rank": Leak("whole_series_transform", by_series(lambda y, reach, rng: stats.rankdata(y) / len(y))),
    "residual of a line": Leak("whole_series_transform", by_series(lambda y, reach, rng: signal.detrend(y))),
    "mean of the group": Leak(
        "target_encoding", by_series(lambda y, reach, rng: y.groupby(calendar_of(y.index)[1]).transform("mean"))
    ),
    "gaps filled backwards": Leak("backward_fill", filled("bfill")),
    "gaps filled on a line": Leak("interpolation", filled("interpolate")),
    "rows out of order": Leak("time_order", _shuffled, in_rows=True),
    "rows twice": Leak("duplicate_time", _rows_twice, in_rows=True),
    "a time far away": Leak("far_time", _far, in_rows=True),
    "a stretch on both sides": Leak("repeated_stretch", _stretch, in_rows=True),
    "a series under two names": Leak("duplicate_series", _twin, in_rows=True),
}
