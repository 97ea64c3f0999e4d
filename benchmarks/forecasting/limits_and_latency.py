"""How often limits hold what comes, and how long one prediction takes."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import numpy as np
import pandas as pd
from common import Row

from attime.errors import DataError
from attime.estimators.forecasting import AttentionForecaster, Backtest
from forecasting.long_data import LongSeries

DAY, WEEKS = 24, 4


def coverage_of(done: Backtest) -> Row:
    """Return the share of what came that lies within each of the limits, and how far apart these are."""
    forecast, known = done.forecast, ~np.isnan(done.actual)
    row: Row = {"kind": "coverage", "n_windows": len(forecast)}
    for share, low, high in zip(forecast.coverage, forecast.low, forecast.high, strict=True):
        inside = (done.actual >= low) & (done.actual <= high)
        row[f"coverage_{100 * share:g}"] = float(inside[known].mean())
        row[f"width_{100 * share:g}"] = float((high - low)[known].mean())
    return row


def limits_on_prices(data: Path, *, quick: bool) -> Row:
    """Forecast four weeks of electricity prices a day ahead from each hour, what will influence them being known."""
    path = data / "forecasting" / "electricity_price_exogenous.csv.gz"
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give the folder of data sets by --data")
    table = pd.read_csv(path)
    ahead = [name for name in table if name not in ("unique_id", "ds", "y")]
    n_days = 2 if quick else 7 * WEEKS
    left = table.groupby("unique_id").cumcount(ascending=False)
    forecaster = AttentionForecaster(DAY, "linear" if quick else "default", random_state=0)
    start = time.perf_counter()
    forecaster.fit(table[left >= n_days * DAY], future=ahead)
    seconds = time.perf_counter() - start
    done = forecaster.backtest(table, n_windows=(n_days - 1) * DAY + 1)
    return coverage_of(done) | {"fit_seconds": seconds, "reason": forecaster.reason_}


def latency_of(forecaster: AttentionForecaster, series: LongSeries, *, n_times: int) -> Row:
    """Time the forecast of one channel from its recent past, given as a frame: limits, times and all."""
    n_rows = len(series.wide)
    past = series.until(n_rows, first=n_rows - forecaster.look_back_)
    past = past[past["unique_id"] == past["unique_id"].iloc[-1]]
    seconds = []
    for _ in range(n_times):
        start = time.perf_counter()
        forecaster.predict(past)
        seconds.append(time.perf_counter() - start)
    return {"kind": "latency", "milliseconds": 1000 * statistics.median(seconds), "n_times": n_times}
