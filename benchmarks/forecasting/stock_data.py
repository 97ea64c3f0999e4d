"""Stock prices with news sentiment, cut as those were that figures of the α_t-RIM are published for.

Königstein 2022, https://arxiv.org/abs/2205.01639: logarithms of closing prices; learnt from 2015 to 2019; of the days
from 2020-05-04 on, the first 60 % are to choose by and the rest is the test.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float64

from attime.errors import DataError

TICKERS = ("TMO", "AMZN", "BF_B")
LAGS = (5, 10, 21)
HORIZON = 5
SHARE_TO_CHOOSE_BY = 0.6  # of the days after the gap
GAP = 4  # missing days for the months of which no part makes use: few enough for every window to know a price

#: What is read besides the price, by the name of the condition. `conv_filter` is the mean of the sentiment over 63 days
#: before and 63 days to come.
CONDITIONS: dict[str, str | None] = {
    "price": None,
    "sentiment": "sentiment",
    "conv_filter, leaking (as published)": "conv_filter",
}

Figures = tuple[float, float, float, float, float]
#: MAPE of steps 1 to 5 for Thermo Fisher, 10 lags; "with sentiment" there means conv_filter.
PUBLISHED: dict[tuple[str, str], Figures] = {
    ("price", "rnn"): (4.9015, 3.4432, 5.2922, 3.5335, 4.2818),
    ("price", "lstm"): (11.0398, 12.4441, 10.1909, 10.8379, 8.9843),
    ("price", "rim"): (2.7522, 2.9103, 2.4824, 2.5419, 2.5887),
    ("conv_filter, leaking (as published)", "rnn"): (17.8271, 13.5076, 18.0445, 11.2579, 15.5029),
    ("conv_filter, leaking (as published)", "lstm"): (18.6483, 19.7892, 20.2516, 18.7996, 17.4120),
    ("conv_filter, leaking (as published)", "rim"): (1.7189, 1.9708, 2.2388, 2.4439, 2.7314),
}


@dataclass(frozen=True, eq=False)
class Stock:
    """One stock: a frame for forecasters, whose steps are trading days, and where its parts end.

    Attributes
    ----------
    days
        Columns ``ds``, ``y`` (the logarithm of the price), and what else is read.
    n_chosen_by, n_test
        Days of the last two parts.
    """

    days: pd.DataFrame
    n_chosen_by: int
    n_test: int

    @property
    def before_the_test(self) -> pd.DataFrame:
        """What a forecaster is fitted to."""
        return self.days.iloc[: -self.n_test]

    @property
    def share_to_choose_by(self) -> float:
        """Share of the steps of `before_the_test`, the gap included, that is to be chosen by."""
        return self.n_chosen_by / int(self.before_the_test["ds"].iloc[-1] + 1)

    def n_windows(self, lags: int) -> int:
        """Return the number of windows of which every step lies within the test."""
        return self.n_test - lags - HORIZON + 1


def read_stock(data: Path, ticker: str, condition: str) -> Stock:
    """Read one stock out of the folder of data sets."""
    path = data / "forecasting" / "stocks_sentiment.csv"
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give the folder of data sets by --data")
    table = pd.read_csv(path)
    table = table[table["ticker"] == ticker]
    later = (table["part"] != "train").to_numpy()
    days = pd.DataFrame({"ds": np.arange(len(table)) + GAP * later, "y": np.log(table["close"].to_numpy())})
    column = CONDITIONS[condition]
    if column is not None:
        days[column] = table[column].to_numpy()
    n_chosen_by = int(SHARE_TO_CHOOSE_BY * later.sum())
    return Stock(days, n_chosen_by, int(later.sum()) - n_chosen_by)


def percentage_errors(
    actual: Float64[np.ndarray, "window step"], forecast: Float64[np.ndarray, "window step"]
) -> Float64[np.ndarray, "window step"]:
    """Return absolute errors of prices in percent of what they were; what arrives are logarithms.

    >>> percentage_errors(np.log([[100.0]]), np.log([[90.0]])).round(9).tolist()
    [[10.0]]
    """
    return 100 * np.abs(np.expm1(forecast - actual))
