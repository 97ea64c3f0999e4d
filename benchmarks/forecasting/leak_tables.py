"""Tables that the leakage check is tried on: the forecasting data of a folder, and series drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.signal import lfilter

from attime.errors import DataError

SHARE_OF_TRAINING = 0.7
N_SERIES, N_STEPS = 3, 2000  # of a table to plant in, at most
N_RANDOM = 1400  # steps
RANDOM = ("random walk", "autoregression", "season")
KNOWN_LEAK = "conv_filter"  # of the stocks: a mean over 63 days before and 63 days to come


@dataclass(frozen=True, eq=False)
class LeakTable:
    """A table with columns ``unique_id``, ``ds``, ``y`` and perhaps others, and what is known ahead."""

    name: str
    frame: pd.DataFrame
    future: tuple[str, ...] = ()

    @property
    def train_until(self) -> object:
        """The last time of the training part."""
        times = np.sort(self.frame["ds"].unique())
        return times[int(SHARE_OF_TRAINING * len(times)) - 1]

    @property
    def has_several(self) -> bool:
        """Whether there is more than one series."""
        return self.frame["unique_id"].nunique() > 1

    def to_plant_in(self) -> LeakTable:
        """Return the first steps of the first series, without what is known to leak."""
        names = self.frame["unique_id"].unique()[:N_SERIES]
        few = self.frame[self.frame["unique_id"].isin(names)].drop(columns=KNOWN_LEAK, errors="ignore")
        return replace(self, frame=few.groupby("unique_id", sort=False).head(N_STEPS).reset_index(drop=True))


def given_tables(data: Path) -> Iterator[LeakTable]:
    """Read every table of the folder; of a wide one each column is a series, whose name is that of the column."""
    paths = sorted((data / "forecasting").glob("*.csv*"))
    if not paths:
        raise DataError(f"{data / 'forecasting'}: there are no tables; give the folder of data sets by --data")
    for path in paths:
        table, name = pd.read_csv(path), path.name.split(".csv")[0]
        if "ticker" in table:
            table = table.rename(columns={"ticker": "unique_id", "date": "ds", "close": "y"})
        if "unique_id" not in table:
            table = table.melt(table.columns[0], var_name="unique_id", value_name="y")
            table = table.rename(columns={table.columns[0]: "ds"})
        yield LeakTable(name, table.assign(ds=pd.to_datetime(table["ds"])))


def honest_views(data: Path) -> Iterator[LeakTable]:
    """Go through what each table is used for without a leak: as series, with known columns, with another target."""
    for table in given_tables(data):
        frame = table.frame.drop(columns=KNOWN_LEAK, errors="ignore")
        yield LeakTable(f"{table.name}: as given", frame)
        numbers = tuple(name for name in frame.select_dtypes("number").columns if name != "y")
        if KNOWN_LEAK in table.frame:
            swapped = frame.rename(columns={"y": numbers[-1], numbers[-1]: "y"})
            yield LeakTable(f"{table.name}: forecast of {numbers[-1]}", swapped)
        elif numbers:
            yield LeakTable(f"{table.name}: columns known ahead", frame, future=numbers)
        elif table.has_several:
            wide = frame.pivot(index="ds", columns="unique_id", values="y")[frame["unique_id"].unique()]
            last = wide.columns[-1]
            wide = wide.rename(columns={last: "y"}).reset_index().assign(unique_id=table.name)
            yield LeakTable(f"{table.name}: forecast of {last}", wide)


def random_tables(seed: int) -> Iterator[LeakTable]:
    """Draw three hourly series of each kind."""
    hours = pd.date_range("2024-01-01", periods=N_RANDOM, freq="h")
    for number, kind in enumerate(RANDOM):
        rng = np.random.default_rng([seed, number])
        frames = [pd.DataFrame({"unique_id": name, "ds": hours, "y": _draw(kind, rng)}) for name in "abc"]
        yield LeakTable(kind, pd.concat(frames, ignore_index=True))


def _draw(kind: str, rng: np.random.Generator) -> np.ndarray:
    noise = rng.normal(size=N_RANDOM)
    if kind == "random walk":
        return np.exp(4 + 0.01 * np.cumsum(noise))
    if kind == "autoregression":
        return 50 + lfilter([1], [1, -0.7], noise)
    return 50 + 10 * np.sin(2 * np.pi * np.arange(N_RANDOM) / 24) + lfilter([1], [1, -0.5], noise)
