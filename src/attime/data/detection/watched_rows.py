"""What is doubtful about the rows of a watched table: order, rows that are missing, columns that only count."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.errors import DataError, DataWarning

JUMP = 1.5  # usual steps of time, from which on rows are missing
RARE = 0.05  # with more steps that long it is a manner of the series, as weekends are


def check_times(stamps: Shaped[np.ndarray, " time"], name: str) -> None:
    """Refuse times out of order, and warn where a few steps are longer than the others.

    Raises
    ------
    DataError
        If times do not increase; the message names the row.

    Examples
    --------
    >>> check_times(np.array([1, 3, 2]), "pump.csv")
    Traceback (most recent call last):
        ...
    attime.errors.DataError: pump.csv, row 2 (counting from 0, without the header): time 2 arrived after 3, expected ...
    """
    lengths = np.diff(stamps)
    back = np.flatnonzero(~(lengths > np.zeros(1, lengths.dtype)))
    if len(back):
        before, after = _shown(stamps, back[0])
        raise DataError(
            f"{name}, row {back[0] + 1} (counting from 0, without the header): time {after} arrived after {before}, "
            "expected times in order, each once; sort the rows, and drop repeats"
        )
    if not len(lengths):
        return
    usual = np.sort(lengths)[len(lengths) // 2]
    jumps = np.flatnonzero(lengths > JUMP * usual)
    if 0 < len(jumps) <= RARE * len(lengths):
        before, after = _shown(stamps, jumps[0])
        more = f", and {len(jumps) - 1:,} more times" if len(jumps) > 1 else ""
        warnings.warn(
            f"{name}: time jumps from {before} to {after}{more}; rows are taken to be equally far apart, so what "
            "follows may look unusual: write the missing rows with empty cells, and look whether days and months were "
            "read as meant",
            DataWarning,
            stacklevel=3,
        )


def warn_of_counters(values: Float64[np.ndarray, "time channel"], columns: tuple[str, ...], name: str) -> None:
    """Warn of channels that are the number of the row, or a time."""
    if len(values) < 3:
        return
    steps = np.diff(values, axis=0)
    for index in np.flatnonzero((np.abs(steps - steps[0]) < 1e-6 * np.abs(steps[0])).all(axis=0)):
        warnings.warn(
            f"{name}: column {columns[index]!r} grows by the same amount from row to row, as numbers of rows and times "
            "do, and counts as a channel; name it as the time, or drop it",
            DataWarning,
            stacklevel=3,
        )


def _shown(stamps: Shaped[np.ndarray, " time"], row: np.integer) -> list[str]:
    """Return a time and the next in words."""
    return [str(time) for time in pd.Index(stamps[row : row + 2])]
