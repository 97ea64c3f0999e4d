"""The data of a leak check: a long table, and its series as arrays in the order of time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64, Shaped

from attime.errors import DataError
from attime.names import name_hint

MOST_SERIES = 100
Values = Float64[np.ndarray, " time"]
LONG_GAP = 20  # median steps: filters are often computed for each side of such a gap by itself


@dataclass(frozen=True, eq=False)
class Series:
    """One series in the order of time: the number of the stretch between long gaps, and values, NaN where missing."""

    name: str
    time: Shaped[np.ndarray, " time"]
    stretch: Int64[np.ndarray, " time"]
    values: Mapping[str, Values]


@dataclass(frozen=True, eq=False)
class Panel:
    """A long table that has been read.

    Attributes
    ----------
    rows
        Columns ``id``, ``time``, ``y``, in the order in which they arrived.
    series
        At most `MOST_SERIES`, evenly picked.
    target, columns, future
        Names: of the target, of the other columns of numbers, and of those among them that are known ahead.
    train_until
        The last time of the training part, in the type of ``rows.time``; None if it is not known.
    """

    rows: pd.DataFrame
    series: tuple[Series, ...]
    target: str
    columns: tuple[str, ...]
    future: frozenset[str]
    train_until: object

    def sources(self, column: str) -> tuple[str, ...]:
        """Names of what `column` may have been made of: a column that is known ahead may know all but the target."""
        others = () if column in self.future else (c for c in self.columns if c != column and c not in self.future)
        return (self.target, *others)

    def pairs(self) -> Iterator[tuple[Series, str, str]]:
        """Each series with each column that varies in it, and each source of that column."""
        for one in self.series:
            for column in self.columns:
                if varies(one.values[column]):
                    for source in self.sources(column):
                        if varies(one.values[source]):
                            yield one, column, source


def varies(values: Values) -> bool:
    """Tell whether there are at least two different values.

    Examples
    --------
    >>> varies(np.array([1.0, np.nan, 1.0])), varies(np.array([1.0, 2.0]))
    (False, True)
    """
    known = values[np.isfinite(values)]
    return bool(len(known) and (known != known[0]).any())


def period_of(values: Values, *, longest: int, times: int = 3) -> int | None:
    """Return the period with which values repeat themselves, but for 1 in 100, at least so many `times`; None if none.

    Examples
    --------
    >>> period_of(np.tile([0.0, 1.0, 1.0], 10), longest=10), period_of(np.arange(30.0), longest=10)
    (3, None)
    """
    for period in range(2, min(longest, len(values) // times) + 1):
        same = values[:-period] == values[period:]
        if same[: 2 * period].mean() >= 0.99 and same.mean() >= 0.99:
            return period
    return None


def read_panel(
    frame: pd.DataFrame, *, id: str, time: str, target: str, future: Sequence[str], train_until: object
) -> Panel:
    """Read a long table.

    Raises
    ------
    DataError
        If a column is absent or does not hold what is expected of it.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["a", "a"], "t": [2, 1], "y": [5.0, 4.0], "x": [1, 0]})
    >>> panel = read_panel(frame, id="id", time="t", target="y", future=(), train_until=None)
    >>> panel.columns, panel.series[0].values["y"].tolist()
    (('x',), [4.0, 5.0])
    """
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"{type(frame).__name__} arrived, expected a pandas DataFrame with a row for each series and time"
        )
    if time not in frame and (time in frame.index.names or isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex)):
        frame = (frame if time in frame.index.names else frame.rename_axis(time)).reset_index()
    known = [str(name) for name in frame.columns]
    if id not in frame:  # one series, as for fit
        frame = frame.assign(**{id: "0"})
    for name in (time, target, *future):
        if name not in frame.columns:
            raise DataError(f"there is no column {name!r}, expected it in the table; {name_hint(name, known)}")
    if not len(frame):
        raise DataError("a table without rows arrived, expected a row for each series and time; check how it was read")
    numbers = {
        name: _numbers(frame[name]) for name in frame.columns if name not in (id, time) and _numeric(frame[name])
    }
    if target not in numbers:
        raise DataError(f"column {target!r} holds {frame[target].dtype}, expected numbers; name another `target`")
    stamps = _stamps(frame[time], time)
    rows = pd.DataFrame({"id": frame[id].astype(str).to_numpy(), "time": stamps, "y": numbers[target]})
    names = np.array(pd.unique(rows["id"]))
    picked = names[np.unique(np.linspace(0, len(names) - 1, min(len(names), MOST_SERIES)).round().astype(int))]
    positions = rows.groupby("id", sort=False).indices
    series = tuple(_series(name, np.asarray(positions[name]), stamps, numbers) for name in picked)
    columns = tuple(str(name) for name in numbers if name != target)
    until = None if train_until is None else _stamps(pd.Series([train_until]), "train_until")[0]
    if until is not None and (np.asarray([until]).dtype.kind == "M") != (stamps.dtype.kind == "M"):
        raise DataError(f"train_until={train_until!r} arrived, expected a time like those of column {time!r}")
    return Panel(rows, series, target, columns, frozenset(future), until)


def _series(
    name: str,
    positions: Int64[np.ndarray, " time"],
    stamps: Shaped[np.ndarray, " row"],
    numbers: Mapping[str, Float64[np.ndarray, " row"]],
) -> Series:
    """Sort the rows of one series, keep one for each time, and number the stretches between long gaps."""
    known = positions[~pd.isna(stamps[positions])]
    time, first = np.unique(stamps[known], return_index=True)
    steps = np.diff(time).astype(np.float64)
    gaps = steps > LONG_GAP * np.median(steps) if len(steps) else np.zeros(0, bool)
    if gaps.sum() > len(time) / 500:  # not gaps but irregular sampling
        gaps[:] = False
    stretch = np.concatenate([[0], np.cumsum(gaps)])[: len(time)].astype(np.int64)
    return Series(str(name), time, stretch, {str(key): values[known[first]] for key, values in numbers.items()})


def _numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_complex_dtype(values)


def _numbers(values: pd.Series) -> Float64[np.ndarray, " row"]:
    found = values.to_numpy(dtype=np.float64, na_value=np.nan).copy()
    found[~np.isfinite(found)] = np.nan
    return found


def _stamps(values: pd.Series, name: str) -> Shaped[np.ndarray, " row"]:
    """Return numbers as they are, and all else as times without a zone."""
    if _numeric(values):
        return _numbers(values)
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    try:
        with warnings.catch_warnings(action="ignore"):  # that a format cannot be inferred
            times = pd.to_datetime(values, utc=True)
    except (ValueError, TypeError) as error:
        raise DataError(
            f"{name} holds {values.iloc[0]!r}, expected times or numbers; see pandas.to_datetime"
        ) from error
    return times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]")
