"""Writers of CSV files: a row for each case, or a row for each case and time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from attime.data.labels import to_words
from attime.data.series import SeriesSet
from attime.data.static import to_words as static_words
from attime.data.text import new_text
from attime.errors import DataError

#: The columns of a long file that name the case and the time of a row.
CASE, TIME = "id", "time"


def write_csv(series: SeriesSet, path: str, target: str) -> None:
    """Write the layout that can hold the series: wide for one nameless channel of equal lengths, else long."""
    plain = series.n_channels == 1 and series.channels == ("0",) and series.times is None
    wide = plain and bool((series.lengths == series.n_steps).all())
    (write_wide if wide else write_long)(series, path, target)


def write_wide(series: SeriesSet, path: str, target: str) -> None:
    """Write a row for each case and a column for each time step; missing values become empty cells.

    Raises
    ------
    DataError
        If the series have several channels, for which a row has no room, or a column cannot have its name.
    """
    if series.n_channels != 1:
        raise DataError(f"{path}: series of {series.n_channels} channels arrived; a wide CSV file holds one channel")
    frame = pd.DataFrame(series.values[:, 0]).rename(columns=str)
    if series.labels is not None:
        frame.insert(0, _free(target, list(frame.columns), path), to_words(series.labels, path))
    static = static_words(series.static, path) if series.static is not None else {}
    for place, (name, words) in enumerate(static.items()):
        frame.insert(place, _heading(name, [CASE, TIME, *frame.columns], path), words)
    _write(frame, series, path)


def write_long(series: SeriesSet, path: str, target: str) -> None:
    """Write a row for each case and time up to the end of each case, and a column for each channel.

    Raises
    ------
    DataError
        If a channel or a static column has the name of another column, or one that cannot be written.
    """
    cases, steps = np.nonzero(np.arange(series.n_steps) < series.lengths[:, np.newaxis])
    columns: dict[str, np.ndarray] = {
        CASE: cases,
        TIME: steps if series.times is None else series.times[cases, steps].astype(object),
    }
    if series.labels is not None:
        columns[_free(target, list(columns), path)] = np.array(to_words(series.labels, path), dtype=object)[cases]
    static = static_words(series.static, path) if series.static is not None else {}
    for name, words in static.items():
        columns[_heading(name, list(columns), path)] = np.array(words, dtype=object)[cases]
    for number, name in enumerate(series.channels):
        columns[_heading(name, list(columns), path)] = series.values[cases, number, steps]
    _write(pd.DataFrame(columns), series, path)


def _heading(name: str, others: list[str], path: str) -> str:
    if not name.isprintable() or name != name.strip() or not name:
        raise DataError(f"{path}: the name {name!r} cannot head a column; rename it, or write .npz")
    return _free(name, others, path)


def _free(name: str, others: list[str], path: str) -> str:
    if name in others:
        raise DataError(f"{path}: two columns would be called {name!r}, expected different names; rename one")
    return name


def _write(frame: pd.DataFrame, series: SeriesSet, path: str) -> None:
    digits = "%.9g" if series.values.dtype == np.float32 else None  # as many as give every number back
    with new_text(path) as text:
        frame.to_csv(text, index=False, float_format=digits, lineterminator="\n")
