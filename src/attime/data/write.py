"""Writing series to a CSV file that `read` understands."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd

from attime.data.series import SeriesSet
from attime.errors import DataError
from attime.files import whole_file


def write_wide(series: SeriesSet, path: str | os.PathLike[str], *, target: str = "label") -> None:
    """Write series of one channel as a CSV file with a row for each case and a column for each time step.

    Parameters
    ----------
    series
        The series; missing values become empty cells.
    path
        The file; packed with gzip if it ends in ``.gz``.
    target
        The column of labels, if there are any.

    Raises
    ------
    DataError
        If the series have several channels, for which a table has no room.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "walks.csv"
    >>> write_wide(SeriesSet.of([[1.0, 2.5], [3.0]], labels=["up", "down"]), path)
    >>> print(path.read_text())
    label,0,1
    up,1,2.5
    down,3,
    """
    if series.n_channels != 1:
        raise DataError(f"series of {series.n_channels} channels arrived; a wide CSV file holds one channel")
    frame = pd.DataFrame(series.values[:, 0])
    if series.labels is not None:
        frame.insert(0, target, series.labels)
    digits = 9 if series.values.dtype == np.float32 else 17  # as many as give every number back
    with whole_file(path) as unfinished:
        frame.to_csv(unfinished, index=False, float_format=f"%.{digits}g")
