"""Columns that know nothing of the future, however much they resemble those that do."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import ndimage

from forecasting.leak_tables import SHARE_OF_TRAINING
from forecasting.planted_leaks import Feature, Rng, calendar_of, noise_like

COLUMN = "honest"


def _block_before(y: pd.Series, reach: int, rng: Rng) -> object:
    blocks = pd.DatetimeIndex(y.index).to_period(calendar_of(y.index)[0])
    means = y.groupby(blocks).mean().shift(1)
    return means.reindex(blocks).to_numpy()


def _gaps_filled(y: pd.Series, reach: int, rng: Rng) -> object:
    return y.where(rng.random(len(y)) >= 0.2).ffill()


HONEST: dict[str, Feature] = {
    "trailing mean": lambda y, reach, rng: y.rolling(2 * reach + 1).mean(),
    "trailing median": lambda y, reach, rng: y.rolling(2 * reach + 1).median(),
    "trailing maximum": lambda y, reach, rng: y.rolling(2 * reach + 1).max(),
    "trailing deviation": lambda y, reach, rng: y.rolling(2 * reach + 1).std(),
    "exponential mean": lambda y, reach, rng: y.ewm(alpha=1 / (1 + reach)).mean(),
    "value before": lambda y, reach, rng: y.shift(reach),
    "difference": lambda y, reach, rng: y.diff(reach),
    "return": lambda y, reach, rng: y / y.shift(reach) - 1,
    "direction": lambda y, reach, rng: np.sign(y.diff(reach)),
    "mean so far": lambda y, reach, rng: y.expanding().mean(),
    "mean of the block before": _block_before,
    "mean of the training part": lambda y, reach, rng: np.full(len(y), y[: int(SHARE_OF_TRAINING * len(y))].mean()),
    "group of the calendar": lambda y, reach, rng: calendar_of(y.index)[1],
    "present value with noise": lambda y, reach, rng: y + noise_like(y, rng),
    "gaps filled forwards": _gaps_filled,
    "random walk": lambda y, reach, rng: rng.normal(size=len(y)).cumsum(),
    "smooth noise": lambda y, reach, rng: ndimage.gaussian_filter1d(rng.normal(size=len(y)), 1 + reach),
}
