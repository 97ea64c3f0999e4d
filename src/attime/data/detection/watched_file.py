"""One long series out of any file: labelled by an archive, or a table with a row for each time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int8

from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.nab import WINDOWS
from attime.data.detection.read import FORMS, read_labelled
from attime.data.detection.tables import LABEL, TIME, numbers_of, stamps_of, training_steps
from attime.data.detection.watched_rows import check_times, warn_of_counters
from attime.data.forecasting.read import read_frame
from attime.errors import DataError, OptionError
from attime.names import name_hint

OF_ARCHIVES = ("npz", "ucr", "pair")  # forms of `read_labelled` that no table has by chance
TABLES = (".csv", ".tsv", ".txt", ".parquet")
TIMES = (*TIME, "ds", "date", "datetime")


@dataclass(frozen=True, eq=False)
class SeriesFile:
    """A long series of a file.

    Attributes
    ----------
    name
        Of the file.
    frame
        A row for each step, whose index holds the times, and a column for each channel.
    labels
        1 at steps known to be anomalous, 0 at others; None where nobody says.
    n_train
        How many steps at the start may be learnt from, where the file says so.
    """

    name: str
    frame: pd.DataFrame
    labels: Int8[np.ndarray, " time"] | None
    n_train: int | None

    def steps_until(self, until: str) -> int:
        """Return how many steps there are up to a number of steps, or to a time, the latter included.

        Raises
        ------
        OptionError
            If it is neither, or nothing would be left before or after it.

        Examples
        --------
        >>> frame = pd.DataFrame({"a": range(4)}, index=pd.date_range("2024-01-01", periods=4))
        >>> file = SeriesFile("a.csv", frame, None, None)
        >>> file.steps_until("3"), file.steps_until("2024-01-02")
        (3, 2)
        """
        times = self.frame.index
        if until.isdecimal():
            found = int(until)
        else:
            try:
                last = pd.Timestamp(until) if isinstance(times, pd.DatetimeIndex) else float(until)
                if isinstance(last, pd.Timestamp) and last.tz is not None:
                    last = last.tz_convert("UTC").tz_localize(None)
                found = int((times <= last).sum())
            except (ValueError, TypeError) as error:
                raise OptionError(
                    f"{until!r} arrived as the end of training, expected a number of steps, or a time like those of "
                    f"{self.name}, such as {times[len(times) // 2]}"
                ) from error
        if not 0 < found < len(times):
            raise OptionError(
                f"{found} of {len(times)} steps up to {until} arrived for training, expected some to learn from and "
                "some to judge; choose another end"
            )
        return found


def read_series(
    path: str | os.PathLike[str], *, time: str | None = None, label: str | None = None, drop: Sequence[str] = ()
) -> SeriesFile:
    r"""Read a long series.

    Parameters
    ----------
    path
        What `read_labelled` reads; or a table, CSV or parquet, with a column for each channel, and perhaps one of times
        and one of labels.
    time, label
        Names of these columns; if not given ``time``, ``timestamp``, ``ds``, ``date`` or ``datetime``, and ``Label`` or
        ``is_anomaly``, where there are such.
    drop
        Columns to leave out.

    Raises
    ------
    DataError
        If the file cannot be used: there is none, a cell holds no number, it has no channel, or times do not increase.
    OptionError
        If the ending of the name is none of these, or there is no such column.

    Warns
    -----
    DataWarning
        If rows seem to be missing, or a channel grows by the same amount from row to row.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pump.csv"
    >>> _ = path.write_text("time,pressure,flow\n2024-01-01,1.0,3\n2024-01-02,1.1,\n")
    >>> read_series(path).frame
                pressure  flow
    2024-01-01       1.0   3.0
    2024-01-02       1.1   NaN
    """
    name = os.fspath(path)
    if any(FORMS[form].names.search(Path(name).name) for form in OF_ARCHIVES) or _has_windows(name):
        return _of_labelled(read_labelled(name))
    if os.path.splitext(name.lower().removesuffix(".gz"))[1] not in TABLES:
        raise OptionError(
            f"{name}: a file of no known form arrived, expected {', '.join(TABLES)} (.gz may follow) or .npz; save the "
            "series as CSV"
        )
    frame = read_frame(name)
    frame.columns = frame.columns.map(str)
    for column in filter(None, (time, label, *drop)):
        if column not in frame:
            raise OptionError(f"{name}: no column {column!r}; {name_hint(column, frame.columns)}")
    frame = frame.drop(columns=list(drop))
    lower = {column.lower(): column for column in reversed(frame.columns)}
    time = time or next((lower[word] for word in TIMES if word in lower), None)
    label = label or next((lower[word] for word in LABEL if word in lower), None)
    values = frame.drop(columns=[column for column in (time, label) if column])
    if not values.shape[1] or not len(values):
        raise DataError(f"{name}: {len(values)} rows of {values.shape[1]} channels arrived, expected one at least")
    try:
        numbers = numbers_of(values, name)
    except DataError as error:
        raise DataError(f"{error}; what is no channel is named by time or label, or left out by drop") from error
    stamps = np.arange(len(values)) if time is None else stamps_of(frame[time], name)
    check_times(stamps, name)
    warn_of_counters(numbers, tuple(values.columns), name)
    columns = tuple(values.columns)
    labels = None
    if label is not None:  # looked at as those of archives are
        labels = LabelledSeries.of(numbers, frame[label].to_numpy(), name=name, n_train=0).labels
    n_train = training_steps(name) if FORMS["csv"].names.search(Path(name).name) else None
    return SeriesFile(Path(name).name, pd.DataFrame(numbers, index=stamps, columns=columns), labels, n_train)


def _has_windows(name: str) -> bool:
    """Tell whether a table is one of NAB, whose labels are windows in another file."""
    folder = Path(name).resolve().parent
    places = [place / part for place in (folder, *folder.parents[:2]) for part in (WINDOWS, f"labels/{WINDOWS}")]
    return bool(FORMS["nab"].names.search(name)) and any(place.is_file() for place in places)


def _of_labelled(series: LabelledSeries) -> SeriesFile:
    times = np.arange(len(series)) if series.times is None else series.times
    frame = pd.DataFrame(series.values, index=times, columns=series.channels)
    return SeriesFile(series.name, frame, series.labels, series.n_train)
