"""`Panel`: series to be forecast, each at its own times, with what is known besides."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.forecasting.calendar import calendar_of
from attime.data.forecasting.columns import Roles, roles_of
from attime.data.forecasting.frequency import Frequency, frequency_of
from attime.data.forecasting.inference import infer_frequency
from attime.data.forecasting.record import Record
from attime.data.forecasting.rows import frame_of, parts_of, record_of, static_of, with_times
from attime.data.forecasting.zones import local_days, zone_of
from attime.errors import DataWarning, OptionError


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
        calendar: Sequence[str] | Literal["auto"] = (),
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
        calendar
            Cycles of the calendar that serve as covariates known ahead: names in ``CYCLES``, or ``"auto"`` for those
            that steps of this frequency run through.
        frequency
            How far it is from step to step, as pandas writes it; inferred if not given. Steps that are missing from the
            grid become missing values.

        Raises
        ------
        DataError
            If columns are missing or hold no numbers, or a time comes twice in a series.
        OptionError
            If the frequency is of dates and times are numbers, or the other way about, or a calendar is asked for that
            nobody can look ahead in.
        """
        if isinstance(data, Panel):
            return data
        future, static = ((names,) if isinstance(names, str) else tuple(names) for names in (future, static))
        data = with_times(data, time, target)
        if not isinstance(data, pd.DataFrame):
            data, time = frame_of(data, series, target), "ds"
        roles = roles_of(data, series=series, time=time, target=target, future=future, static=static)
        parts = parts_of(data, roles)
        roles = replace(roles, zone=zone_of(data[roles.time]), by_day=local_days(data[roles.time]) is not None)
        if roles.series in data and pd.api.types.is_integer_dtype(data[roles.series]):
            roles = replace(roles, numbered=True)
        stamps = {name: part[roles.time].to_numpy() for name, part in parts.items()}
        grid = frequency_of(frequency) if frequency is not None else infer_frequency(list(stamps.values()))
        dated = parts[next(iter(parts))][roles.time].dtype.kind == "M"
        if grid is not None and dated != (grid.kind != "step"):
            raise OptionError(
                f"frequency={str(grid)!r} arrived, and column {roles.time!r} holds {'dates' if dated else 'numbers'}, "
                "expected a number for numbers, or a name such as 'h' or 'D' for dates; give the other kind, or none"
            )
        if grid is None and len(data) > len(parts):
            warnings.warn(
                f"the times in column {roles.time!r} lie on no grid of seconds, days or months: steps are taken in "
                "their order; give frequency= if there is one, and rows that are missing become missing values",
                DataWarning,
                stacklevel=2,
            )
        if calendar:
            roles = replace(
                roles, calendar=calendar_of(calendar, grid, pd.concat([part[roles.time] for part in parts.values()]))
            )
            if grid is None and not roles.future:
                raise OptionError(
                    f"calendar={calendar!r} arrived, and the times in column {roles.time!r} lie on no grid, so nobody "
                    "knows when the steps ahead will be; give frequency=, or leave calendar= out"
                )
        records = tuple(record_of(name, part, roles, grid) for name, part in parts.items())
        return cls(records, roles, grid, static_of(parts, roles))

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
        """Return the stamps of the steps after the last one of a series, numbered from 1 where nothing tells them.

        Of times on no grid those are known that rows ahead were given for; the others are missing.
        """
        given = record.stamps[len(record) : len(record) + n_steps]
        if len(given) == n_steps:
            return given
        if self.frequency is None and self.roles.future:
            never = np.datetime64("NaT") if given.dtype.kind == "M" else np.nan
            return np.concatenate([given, np.full(n_steps - len(given), never)])
        if self.frequency is None:
            return np.arange(1, n_steps + 1)
        return self.frequency.ahead(record.stamps[: len(record)], n_steps)
