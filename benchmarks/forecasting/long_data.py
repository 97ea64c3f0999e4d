"""The sets that long forecasts are compared on, with the splits and the scale of published figures, and those."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from attime.errors import DataError

ETT_SPLIT = (8640, 2880, 2880)  # 12, 4 and 4 months of 30 days; the rows after that are not used
SHARES = (0.7, 0.2)  # of training and test elsewhere; between them lies what is chosen by
LONG, SHORT = (96, 192, 336, 720), (24, 36, 48, 60)
PUBLISHED = Path("published") / "forecasting" / "ltsf_published.csv"


@dataclass(frozen=True)
class LongSet:
    """One of these sets.

    Attributes
    ----------
    file
        Its name in the folder of data, less the ending.
    horizons
        Steps ahead that figures are published for.
    look_backs
        Steps read that the ridge regression which stands beside may choose among.
    """

    name: str
    file: str
    horizons: tuple[int, ...] = LONG
    look_backs: tuple[int, ...] = (96, 336, 720)


SETS = (
    LongSet("ETTh1", "etth1"),
    LongSet("ETTh2", "etth2"),
    LongSet("Exchange", "exchange_rate", look_backs=(96, 336)),
    LongSet("Illness", "illness", horizons=SHORT, look_backs=(36, 60, 104)),
)


@dataclass(frozen=True, eq=False)
class LongSeries:
    """The channels of a set, measured by mean and deviation of the training part, and how long its parts are.

    Attributes
    ----------
    wide
        A row for each time, a column for each channel, the times as the index.
    """

    wide: pd.DataFrame
    n_train: int
    n_chosen_by: int
    n_test: int

    def until(self, end: int, first: int = 0) -> pd.DataFrame:
        """Return rows from `first` up to `end` as forecasters take them: a row for each channel and time."""
        part = self.wide.iloc[first:end]
        return part.reset_index(names="ds").melt("ds", var_name="unique_id", value_name="y")


def read_long(data: Path, wanted: LongSet) -> LongSeries:
    """Read a set out of the folder of data sets."""
    path = data / "forecasting" / f"{wanted.file}.csv.gz"
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give the folder of data sets by --data")
    table = pd.read_csv(path, index_col=0, parse_dates=True)
    n_train, n_chosen_by, n_test = ETT_SPLIT if wanted.file.startswith("ett") else _shares_of(len(table))
    table = table.iloc[: n_train + n_chosen_by + n_test]
    train = table.iloc[:n_train]
    return LongSeries((table - train.mean()) / train.std(ddof=0), n_train, n_chosen_by, n_test)


def _shares_of(n_rows: int) -> tuple[int, int, int]:
    n_train, n_test = (int(share * n_rows) for share in SHARES)
    return n_train, n_rows - n_train - n_test, n_test


def published_beside(data: Path) -> pd.DataFrame:
    """Return columns model, dataset, horizon, mse, mae from beside the folder of data; no rows where nothing lies."""
    path = data.resolve().parent / PUBLISHED
    columns = ["model", "dataset", "horizon", "mse", "mae"]
    return pd.read_csv(path)[columns] if path.is_file() else pd.DataFrame(columns=columns)
