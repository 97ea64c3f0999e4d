"""Reader of series in two files, ``NAME_TRAIN.csv`` and ``NAME_TEST.csv``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.tables import series_of
from attime.data.forecasting.read import read_frame
from attime.errors import DataError


def read_pair(path: str, n_train: int | None = None) -> LabelledSeries:
    """Read ``NAME_TEST.csv`` and ``NAME_TRAIN.csv`` beside it, each with a column ``is_anomaly`` or ``Label``.

    The training part comes first and may be learnt from. Where the test part begins with it, as series that were cut
    from one have it, it is not repeated.

    Raises
    ------
    DataError
        If one of them is not there, their columns differ, or what is read cannot be used.
    """
    place = Path(path)
    beside = place.with_name(place.name.replace("_TEST.csv", "_TRAIN.csv"))
    train, test = read_frame(beside), read_frame(place)
    if list(train) != list(test):
        raise DataError(
            f"{path}: columns {', '.join(map(str, test))} arrived, expected those of {beside.name}, "
            f"{', '.join(map(str, train))}; make them agree"
        )
    repeated = len(test) > len(train) and test.iloc[: len(train)].equals(train)
    whole = test if repeated else pd.concat([train, test], ignore_index=True)
    series = series_of(whole, path, len(train) if n_train is None else n_train)
    # Times that begin anew in the test part would mislead.
    restarts = series.times is not None and not (np.diff(series.times).astype(float) >= 0).all()
    return replace(series, name=place.name.split("_TEST.csv")[0], times=None if restarts else series.times)
