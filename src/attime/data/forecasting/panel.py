"""`Panel`: series to be forecast, each at its own times, with what is known besides."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.forecasting.columns import Roles, numbers_of, roles_of, stamps_of
from attime.data.forecasting.frequency import Frequency, frequency_of, infer_frequency
from attime.errors import DataError, DataWarning

LARGEST_GROWTH = 20  # times as many steps as rows, at most, when gaps are filled with missing values


@dataclass(frozen=True, eq=False)
class Record:
    """One series on its grid of times.

    Attributes
    ----------
    name
        What tells it from others.
    stamps
        When each step was, and when each step ahead will be for which a covariate is known.
    target
        What is to be forecast; NaN means missing.
    past
        Covariates known up to now.
    future
        Covariates known ahead; they may reach further than the target.
    """

    name: str
    stamps: Shaped[np.ndarray, " time_and_ahead"]
    target: Float64[np.ndarray, " time"]
    past: Float64[np.ndarray, "past_covariate time"]
    future: Float64[np.ndarray, "future_covariate time_and_ahead"]

    def __len__(self) -> int:
        return len(self.target)

    def until(self, n_steps: int) -> Record:
        """Return the first steps; covariates that are known ahead keep all that is known of them."""
        return replace(self, target=self.target[:n_steps], past=self.past[:, :n_steps])


@dataclass(frozen=True, eq=False, repr=False)
class Panel:
    """Series to be forecast.

    Build it with `Panel.of`, which accepts frames and arrays and checks what is in them.

    Attributes
    ----------
    records
        The series.
    roles
        Which columns they came from.
    frequency
        The grid of their times; None where they lie at unequal distances.
    static
        One row for each series: what does not change in time; None if nothing is known.

    Examples
    --------
    >>> panel = Panel.of(np.sin(np.arange(100.0)))
    >>> panel
    Panel(1 series of 100 steps)
    >>> frame = pd.DataFrame({"ds": pd.date_range("2024", periods=48, freq="h"), "y": np.arange(48.0)})
    >>> Panel.of(frame)
    Panel(1 series of 48 steps, every h)
    """

    records: tuple[Record, ...]
    roles: Roles
    frequency: Frequency | None
    static: pd.DataFrame | None = None

    @classmethod
    def of(
        cls,
        data: pd.DataFrame | Shaped[np.ndarray, ...] | Sequence[object] | Panel,
        *,
        series: str = "unique_id",
        time: str = "ds",
        target: str = "y",
        future: Sequence[str] = (),
        static: Sequence[str] = (),
        frequency: str | float | Frequency | None = None,
    ) -> Panel:
        """Make a panel of what the caller has, or say what is wrong with it.

        Parameters
        ----------
        data
            A frame with a row for each series and time; or an array (time,) or (series, time), or a list of arrays
            (time,) of unequal length, whose steps are numbered from 0. NaN means missing.
        series, time, target
            Columns: which series, when, and what is to be forecast. Without a column of series there is one series.
            All other columns of numbers are covariates.
        future
            Covariates that are known ahead. The rows ahead have no target.
        static
            Columns that have one value for each series.
        frequency
            How far it is from step to step, as pandas writes it; inferred if not given. Steps that are missing from the
            grid become missing values.

        Raises
        ------
        DataError
            If columns are missing or hold no numbers, or a time comes twice in a series.
        """
        if isinstance(data, Panel):
            return data
        if not isinstance(data, pd.DataFrame):
            data, time = _frame_of(data, series, target), "ds"
        roles = roles_of(data, series=series, time=time, target=target, future=tuple(future), static=tuple(static))
        frame = _in_order(data, roles)
        parts = {str(name): part for name, part in frame.groupby(roles.series, sort=False)}
        stamps = {name: part[roles.time].to_numpy() for name, part in parts.items()}
        grid = frequency_of(frequency) if frequency is not None else infer_frequency(list(stamps.values()))
        if grid is None and len(frame) > len(parts):
            warnings.warn(
                f"the times in column {roles.time!r} lie on no grid of seconds, days or months: steps are taken in "
                "their order; give frequency= if there is one, and rows that are missing become missing values",
                DataWarning,
                stacklevel=2,
            )
        records = tuple(_record(name, part, roles, grid) for name, part in parts.items())
        return cls(records, roles, grid, _static_of(parts, roles))

    @property
    def names(self) -> tuple[str, ...]:
        """What tells the series apart."""
        return tuple(record.name for record in self.records)

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __repr__(self) -> str:
        lengths = [len(record) for record in self.records]
        steps = f"{min(lengths)}" if min(lengths) == max(lengths) else f"{min(lengths)} to {max(lengths)}"
        told = [f"{len(self)} series of {steps} steps"]
        told += [f"every {self.frequency}"] if self.frequency and self.frequency.kind != "step" else []
        told += [f"{kind} {', '.join(names)}" for kind, names in self.roles.told if names]
        return f"Panel({', '.join(told)})"

    def until(self, n_steps: Sequence[int]) -> Panel:
        """Return the first steps of each series."""
        cut = tuple(record.until(n) for record, n in zip(self.records, n_steps, strict=True))
        return replace(self, records=cut)

    def stamps_ahead(self, record: Record, n_steps: int) -> Shaped[np.ndarray, " step"]:
        """Return the stamps of the steps after the last one of a series.

        Raises
        ------
        DataError
            If times lie at unequal distances, and are not given ahead.
        """
        given = record.stamps[len(record) : len(record) + n_steps]
        if len(given) == n_steps:
            return given
        if self.frequency is None:
            return np.arange(1, n_steps + 1)
        return self.frequency.ahead(record.stamps[len(record) - 1], n_steps)


def _frame_of(data: object, series: str, target: str) -> pd.DataFrame:
    """Return arrays as a frame whose steps are numbered."""
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
    parts = [
        pd.DataFrame({series: str(number), "ds": np.arange(len(row)), target: row}) for number, row in enumerate(rows)
    ]
    return pd.concat(parts, ignore_index=True)


def _in_order(data: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """Return the rows in the order of series and time, with times that can be compared."""
    frame = data.copy()
    if roles.series not in frame:
        frame[roles.series] = "0"
    frame[roles.time] = stamps_of(frame[roles.time])
    missing = frame[roles.series].isna().to_numpy()
    if missing.any():
        raise DataError(f"row {missing.argmax()} has nothing in column {roles.series!r}, expected the name of a series")
    frame["_order"] = pd.factorize(frame[roles.series])[0]
    ordered = frame.sort_values(["_order", roles.time], kind="stable")
    twice = ordered.duplicated(["_order", roles.time])
    if twice.any():
        row = ordered[twice].iloc[0]
        raise DataError(
            f"time {row[roles.time]} arrived twice in series {row[roles.series]!r}, expected once; remove one of the "
            "rows, or take their mean"
        )
    disordered = (
        frame.groupby("_order")[roles.time].diff() < (0 if frame[roles.time].dtype.kind != "M" else pd.Timedelta(0))
    ).any()
    if disordered:
        warnings.warn(
            f"rows are not in the order of column {roles.time!r}; they were sorted", DataWarning, stacklevel=4
        )
    return ordered.drop(columns="_order")


def _record(name: str, part: pd.DataFrame, roles: Roles, grid: Frequency | None) -> Record:
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
        values, stamps = filled, grid.stamps(stamps[0], np.arange(n_steps))
    observed = np.flatnonzero(~np.isnan(values[0]))
    if not len(observed):
        raise DataError(f"series {name!r} has no value of {roles.target!r}, expected one at least; leave it out")
    end = int(observed[-1]) + 1 if roles.future else values.shape[1]
    past, future = values[1 : 1 + len(roles.past)], values[1 + len(roles.past) :]
    return Record(name, stamps, values[0, :end], past[:, :end], future)


def _between(grid: Frequency, stamps: Shaped[np.ndarray, " time"]) -> object:
    return next((stamp for stamp in stamps if grid.positions(np.array([stamp]), stamps[0]) is None), stamps[0])


def _static_of(parts: dict[str, pd.DataFrame], roles: Roles) -> pd.DataFrame | None:
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
    return pd.DataFrame(rows).T.infer_objects()
