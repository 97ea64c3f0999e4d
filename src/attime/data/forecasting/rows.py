"""From rows to series: in the order of time, each on its grid, with gaps as missing values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.forecasting.columns import Roles, numbers_of, stamps_of
from attime.data.forecasting.frequency import Frequency
from attime.data.forecasting.record import Record
from attime.data.static import as_static
from attime.errors import DataError, DataWarning

LARGEST_GROWTH = 20  # times as many steps as rows, at most, when gaps are filled with missing values


def with_times(data: Any, time: str, target: str) -> Any:
    """Return a frame of another library as one of pandas, and put times that stand in the index into a column."""
    if hasattr(data, "to_pandas") and hasattr(data, "columns"):
        return pd.DataFrame({str(name): data[name].to_numpy() for name in data.columns})
    dated = isinstance(getattr(data, "index", None), pd.DatetimeIndex | pd.PeriodIndex)
    if isinstance(data, pd.Series) and dated:
        data = data.to_frame(target)
    if isinstance(data, pd.DataFrame) and time not in data:
        if time in data.index.names:
            return data.reset_index()
        return data.rename_axis(time).reset_index() if dated else data
    return data


def frame_of(data: object, series: str, target: str) -> pd.DataFrame:
    """Return arrays as a frame whose steps are numbered."""
    if isinstance(data, int | np.integer):
        raise DataError(f"the number {data} arrived, expected series; if steps ahead were meant, say horizon={data}")
    several = isinstance(data, Sequence) and len(data) > 0 and not np.isscalar(data[0])
    rows = [np.asarray(row) for row in data] if several else [np.asarray(data)]  # type: ignore[attr-defined]
    if len(rows) == 1 and rows[0].ndim == 2:
        rows = list(rows[0])
    wrong = next((row.shape for row in rows if row.ndim != 1), None)
    if wrong is not None:
        raise DataError(
            f"a series of shape {wrong} arrived, expected (time,) for each; give covariates in a frame with a column "
            "for each"
        )
    empty = next((number for number, row in enumerate(rows) if not len(row)), None if rows else 0)
    if empty is not None:
        raise DataError(f"series {empty} has no steps, expected one at least; leave it out")
    parts = [
        pd.DataFrame({series: str(number), "ds": np.arange(len(row)), target: row}) for number, row in enumerate(rows)
    ]
    return pd.concat(parts, ignore_index=True)


def parts_of(data: pd.DataFrame, roles: Roles) -> dict[str, pd.DataFrame]:
    """Return the rows of each series in the order of time, with times that can be compared.

    Raises
    ------
    DataError
        If there is no row, one belongs to no series, or a time comes twice in one.
    """
    if data.empty:
        raise DataError("no rows arrived, expected one for each series and time; give series")
    stamps = stamps_of(data[roles.time])
    frame, times = data.assign(**{roles.time: stamps}), stamps.to_numpy()
    if roles.series in frame:
        missing = frame[roles.series].isna().to_numpy()
        if missing.any():
            raise DataError(
                f"row {missing.argmax()} has nothing in column {roles.series!r}, expected the name of a series"
            )
        codes, found = pd.factorize(frame[roles.series])
        same, names = pd.factorize(found.astype(str))  # 1 and "1" are one series
        codes = same[codes]
    else:
        codes, names = np.zeros(len(frame), dtype=np.int64), pd.Index(["0"])
    order = np.lexsort((times, codes))
    sorted_times, sorted_codes = times[order], codes[order]
    within = sorted_codes[1:] == sorted_codes[:-1]
    twice = within & (sorted_times[1:] == sorted_times[:-1])
    if twice.any():
        place = int(twice.argmax())
        raise DataError(
            f"time {stamps.iloc[order[place]]} arrived twice in series {names[sorted_codes[place]]!r}, expected once; "
            "remove one of the rows, take their mean, or name the column that tells series apart (series=, --id)"
        )
    if (within & (np.diff(order) < 0)).any():
        warnings.warn(
            f"rows are not in the order of column {roles.time!r}; they were sorted", DataWarning, stacklevel=4
        )
    if (np.diff(order) != 1).any():
        frame = frame.iloc[order]
    ends = np.searchsorted(sorted_codes, np.arange(len(names)), side="right")
    return {str(name): frame.iloc[first:end] for name, first, end in zip(names, [0, *ends[:-1]], ends, strict=True)}


def record_of(name: str, part: pd.DataFrame, roles: Roles, grid: Frequency | None) -> Record:
    """Return a series on its grid; where covariates are known ahead it ends with the last value that was observed.

    Raises
    ------
    DataError
        If its times lie beside the grid, or it has no value.
    """
    stamps = part[roles.time].to_numpy()
    values = numbers_of(part, (roles.target, *roles.past, *roles.future), name)
    if grid is not None:
        positions = grid.positions(stamps, stamps[0])
        if positions is None:
            raise DataError(
                f"series {name!r} has times that lie between two steps of frequency {grid}, such as "
                f"{_between(grid, stamps)}; give another frequency=, or none"
            )
        n_steps = int(positions[-1]) + 1
        if n_steps > LARGEST_GROWTH * max(len(stamps), 100):
            raise DataError(
                f"series {name!r} has {len(stamps)} rows on a grid of {n_steps} steps (frequency {grid}): too few "
                "to be filled with missing values; give a frequency= that is closer to the rows"
            )
        filled = np.full((len(values), n_steps), np.nan)
        filled[:, positions] = values
        start, place = grid.anchor(stamps, positions)
        values, stamps = filled, grid.stamps(start, np.arange(n_steps) - place)
    observed = np.flatnonzero(~np.isnan(values[0]))
    if not len(observed):
        raise DataError(f"series {name!r} has no value of {roles.target!r}, expected one at least; leave it out")
    end = int(observed[-1]) + 1 if roles.future else values.shape[1]
    past, future = values[1 : 1 + len(roles.past)], values[1 + len(roles.past) :]
    return Record(name, stamps, values[0, :end], past[:, :end], future)


def _between(grid: Frequency, stamps: Shaped[np.ndarray, " time"]) -> object:
    return next((stamp for stamp in stamps if grid.positions(np.array([stamp]), stamps[0]) is None), stamps[0])


def static_of(parts: dict[str, pd.DataFrame], roles: Roles) -> pd.DataFrame | None:
    """Return a row for each series with what does not change in it; None if no column is of that kind.

    Raises
    ------
    DataError
        If one changes.
    """
    if not roles.static:
        return None
    rows = {}
    for name, part in parts.items():
        for column in roles.static:
            if part[column].nunique(dropna=False) > 1:
                first, other = part[column].drop_duplicates().iloc[:2]
                raise DataError(
                    f"static column {column!r} holds {first!r} and {other!r} in series {name!r}, expected one value "
                    "for each series; name it among future= if it changes in time and is known ahead"
                )
        rows[name] = part[list(roles.static)].iloc[0]
    frame = pd.DataFrame(rows).T.infer_objects()
    return as_static(frame, len(frame)).set_index(frame.index)
