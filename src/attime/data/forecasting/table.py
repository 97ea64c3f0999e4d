"""A table out of a file and what its columns are for, where the caller names them or they have the usual names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from attime.data.forecasting.columns import Roles, roles_of
from attime.data.forecasting.panel import Panel
from attime.data.forecasting.read import read_frame
from attime.errors import DataError, OptionError
from attime.names import name_hint

#: What the columns are called where nobody says otherwise.
USUAL = Roles()


@dataclass(frozen=True, eq=False)
class SeriesTable:
    """A frame with a row for each series and time, what its columns are for, and the file that it came from."""

    frame: pd.DataFrame
    roles: Roles
    source: str = ""

    @property
    def name(self) -> str:
        """What the file is called."""
        return os.path.basename(self.source)

    def panel(self, *, frequency: str | float | None = None, calendar: Sequence[str] | Literal["auto"] = ()) -> Panel:
        """Return the series on the grid of their times; see `Panel.of`."""
        return Panel.of(
            self.frame,
            series=self.roles.series,
            time=self.roles.time,
            target=self.roles.target,
            future=self.roles.future,
            static=self.roles.static,
            calendar=calendar,
            frequency=frequency,
        )


def read_table(
    path: str | os.PathLike[str],
    *,
    series: str | None = None,
    time: str | None = None,
    target: str | None = None,
    future: Sequence[str] = (),
    static: Sequence[str] = (),
    wide: bool = False,
    drop: Sequence[str] = (),
) -> SeriesTable:
    r"""Read a file of series to be forecast.

    Parameters
    ----------
    path
        A file that `read_frame` understands.
    series, time, target
        Columns: which series, when, and what is to be forecast; ``unique_id``, ``ds`` and ``y`` if not given. A table
        without names of series is one series, called like its target. In a table of two columns the first is the time
        and the second the target, whatever they are called.
    future, static
        Columns that are known ahead, and columns with one value for each series.
    wide
        Each column but that of the time is a series.
    drop
        Columns to leave out.

    Raises
    ------
    DataError
        If the file cannot be read, a column that was named is not in it, or it seems to be wide and nobody said so.
    OptionError
        If columns are named that a wide table does not have.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "passengers.csv"
    >>> _ = path.write_text("month,number\n1949-01,112\n1949-02,118\n1949-03,132\n")
    >>> read_table(path).panel()
    Panel(1 series of 3 steps, every MS)
    """
    name = os.fspath(path)
    frame = read_frame(path, words=(series or USUAL.series,))
    unknown = next((column for column in drop if column not in frame), None)
    if unknown is not None:
        raise DataError(f"{name}: no column {unknown!r} to leave out; {name_hint(unknown, map(str, frame.columns))}")
    frame = frame.drop(columns=list(drop))
    names = list(map(str, frame.columns))
    if len(names) == 1:
        raise DataError(f"{name}: {names[0]!r} is the only column, expected one of times and one of values; add it")
    if len(names) == 2 and series is None:
        first, second = time or _other(names, target, names[0]), target or _other(names, time, names[1])
        time, target = first, target if wide else second
    time = time or USUAL.time
    asked = {"time": [time], "series": [series] if series else [], "static covariate": static, "covariate": future}
    asked["target"] = [] if wide else [target or USUAL.target]
    usual = series is None and target in (None, USUAL.target)
    if not wide and usual and not {USUAL.target, USUAL.series} & set(names):
        words = "--wide true" if time in names else f"--wide true --time {names[0]}"
        raise DataError(
            f"{name}: no column {USUAL.target!r} among {', '.join(names)[:200]}, expected one that holds the target; "
            f"name it (--target), or, if each column but that of the time is a series, say so: {words}, in Python "
            "read_table(path, wide=True)"
        )
    for role, columns in asked.items():
        for column in columns:
            if column not in names:
                raise DataError(
                    f"{name}: no column {column!r}, expected one that holds the {role}; name it, "
                    f"{name_hint(column, names)}"
                )
    if wide:
        if series or target or future or static:
            raise OptionError(
                f"{name}: columns of series, target or covariates are named, but each column of a wide table is a "
                "series; leave them out, or take the table as a long one"
            )
        frame, series = _long(frame, time), USUAL.series
    target = target or USUAL.target
    series = series or USUAL.series
    if series not in frame:
        frame = frame.assign(**{series: target})
    roles = roles_of(frame, series=series, time=time, target=target, future=tuple(future), static=tuple(static))
    return SeriesTable(frame, roles, name)


def _other(names: Sequence[str], taken: str | None, usual: str) -> str:
    """Return the column of two that is not taken."""
    return next((name for name in names if name != taken), usual) if taken in names else usual


def _long(frame: pd.DataFrame, time: str) -> pd.DataFrame:
    """Put the columns of a wide table below each other."""
    parts = [
        pd.DataFrame({USUAL.series: str(name), time: frame[time], USUAL.target: frame[name]})
        for name in frame
        if name != time
    ]
    if not parts:
        raise DataError(f"a table of the column {time!r} alone arrived, expected a column for each series; add them")
    return pd.concat(parts, ignore_index=True)
