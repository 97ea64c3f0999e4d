"""Reader of the Numenta Anomaly Benchmark: a CSV file for each series, and one JSON file with all anomalies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from attime.data.config import read_entries
from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.tables import LABEL, column_of, numbers_of, series_of, stamps_of, training_steps
from attime.data.forecasting.read import read_frame
from attime.data.text import shown
from attime.errors import DataError
from attime.names import name_hint

WINDOWS = "combined_windows.json"
HIGHEST = 3  # folders above the series in which the windows may lie
PROBATION, LONGEST_PROBATION = 0.15, 5000  # share that may be learnt from, and of how many steps at most


def read_nab_series(path: str, n_train: int | None = None) -> LabelledSeries:
    """Read a CSV file with the columns ``timestamp`` and ``value``, and its windows in ``combined_windows.json``.

    That file is looked for in the folder of the series and in those above, there also under ``labels``, where the
    benchmark has it; its keys are the ends of paths, such as ``realKnownCause/machine.csv``. A step is anomalous if its
    time lies in a window, both ends included. What may be learnt from is NAB's probationary period: 15 % of the
    series, or of 5000 steps if it is longer (Lavin & Ahmad 2015, as in the benchmark's own code).

    Raises
    ------
    DataError
        If there are no windows, none for this series, one holds no times of the series, or what is read cannot be used.
    """
    frame = read_frame(path)
    if any(str(name).lower() in LABEL for name in frame):  # a table with labels of its own needs no windows
        return series_of(frame, path, training_steps(path) if n_train is None else n_train)
    time = column_of(frame, ("timestamp",), "times", path)
    value = column_of(frame, ("value",), "values", path)
    stamps = stamps_of(frame[time], path)
    labels = np.zeros(len(frame), dtype=np.int8)
    for first, last in _windows(path):
        inside = (stamps >= first) & (stamps <= last) if stamps.dtype.kind == "M" else labels > 1
        if not inside.any():
            raise DataError(
                f"{path}: no step lies in the window {first} to {last} of {WINDOWS}, expected dates within the series; "
                "check that both are of one version"
            )
        labels[inside] = 1
    if n_train is None:
        n_train = int(PROBATION * min(len(frame), LONGEST_PROBATION))
    values = numbers_of(frame[[value]], path)
    return LabelledSeries.of(values, labels, name=_key(path), n_train=n_train, times=stamps, channels=(value,))


def _windows(path: str) -> list[tuple[np.datetime64, np.datetime64]]:
    """Return the first and the last time of each anomaly of a series."""
    place = _find(path)
    entries = read_entries(place)
    key = next((key for key in entries if Path(path).resolve().as_posix().endswith(f"/{key}")), None)
    if key is None:
        raise DataError(
            f"{path}: {place} has no entry for it, expected one like {_key(path)!r}; {name_hint(_key(path), entries)}"
        )
    windows = entries[key]
    try:
        if not isinstance(windows, Sequence):
            raise TypeError
        stamps = [tuple(pd.Timestamp(stamp).to_datetime64() for stamp in window) for window in windows]
        return [(first, last) for first, last in stamps]
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{place}, entry {key!r}: {shown(json.dumps(windows))} arrived, expected pairs of dates; correct it"
        ) from error


def _find(path: str) -> Path:
    folder = Path(path).resolve().parent
    for place in [folder, *folder.parents][: HIGHEST + 1]:
        for windows in (place / WINDOWS, place / "labels" / WINDOWS):
            if windows.is_file():
                return windows
    raise DataError(
        f"{path}: no labels, expected {WINDOWS} in this folder or one above, or a column 'Label' and tr_N in the name "
        "of the file; add one of them"
    )


def _key(path: str) -> str:
    """Return how the benchmark calls a series: its folder and its file."""
    return "/".join(Path(path).resolve().parts[-2:])
