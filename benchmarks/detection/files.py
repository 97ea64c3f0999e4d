"""The labelled series of a folder, where each comes from, and what others have published for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from attime.data.detection import LabelledSeries, read_collection

TRACKS = ("tsb-ad-u", "tsb-ad-m")  # folders of TSB-AD in the folder of data sets
PUBLISHED = Path("published") / "anomaly"
#: Columns of the published tables that are no method.
ABOUT = ("ts_len", "anomaly_len", "num_anomaly", "avg_anomaly_len", "anomaly_ratio", "point_anomaly", "seq_anomaly")


def labelled_series(data: Path) -> Iterator[LabelledSeries]:
    """Go through the archives in a folder of data sets; through all labelled series of any other folder."""
    archives = [data / "anomaly" / track for track in TRACKS if (data / "anomaly" / track).is_dir()]
    for folder in archives or [data]:
        for series in read_collection(folder, form="npz"):
            yield filled(series)


def filled(series: LabelledSeries) -> LabelledSeries:
    """Return the series with gaps on a straight line and ends as the nearest value, because peers take no gaps."""
    if not np.isnan(series.values).any():
        return series
    values, steps = series.values.copy(), np.arange(len(series))
    for channel in values.T:
        known = np.flatnonzero(~np.isnan(channel))
        channel[:] = np.interp(steps, known, channel[known]) if len(known) else 0.0
    return LabelledSeries.of(values, series.labels, name=series.name, n_train=series.n_train)


def source_of(name: str) -> str:
    """Return where a series comes from, by its name.

    >>> source_of("001_NAB_id_1_Facility_tr_1007_1st_2014"), source_of("pump_tr_500")
    ('NAB', 'other')
    """
    found = re.match(r"\d+_([A-Za-z]+)_", name)
    return found[1] if found else "other"


def track_of(series: LabelledSeries) -> str:
    """Return ``u`` for one channel, ``m`` for several."""
    return "u" if series.values.shape[1] == 1 else "m"


def published_beside(data: Path) -> pd.DataFrame:
    """Return columns set, model, vus_pr from beside the folder of data, or above it; no rows where nothing lies."""
    folders = [above / PUBLISHED for above in data.resolve().parents if (above / PUBLISHED).is_dir()]
    tables = [pd.read_csv(path) for path in sorted(folders[0].glob("*vus-pr*.csv"))] if folders else []
    long = [table.drop(columns=[*ABOUT], errors="ignore").melt("file", var_name="model") for table in tables]
    if not long:
        return pd.DataFrame(columns=["set", "model", "vus_pr"])
    every = pd.concat(long).rename(columns={"file": "set", "value": "vus_pr"})
    every["set"] = every["set"].str.removesuffix(".csv")
    return every.dropna().reset_index(drop=True)
