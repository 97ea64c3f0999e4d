"""Time zones: stamps are compared without one, and come back in the one that they arrived in."""

from __future__ import annotations

import re
from datetime import tzinfo

import numpy as np
import pandas as pd
from jaxtyping import Shaped

#: At the end of a time with a zone as text.
OFFSET = re.compile(r":\d{2}(?:\.\d+)?([+-]\d{2}:\d{2})$")


def zone_of(column: pd.Series) -> str:
    """Return the name of the time zone of a column of times, empty if it has none.

    Of text the first and the last are looked at; where they differ, as in summer and winter, it is UTC. Days of a zone
    that only offsets tell of (`local_days`) have none.

    Examples
    --------
    >>> zone_of(pd.Series(["2024-01-01T12:00+01:00", "2024-07-01T13:00+02:00"])), zone_of(pd.Series(["2024-01-01"]))
    ('UTC', '')
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _name(column.dtype.tz)
    if not len(column) or column.dtype.kind == "M" or pd.api.types.is_numeric_dtype(column):
        return ""
    if isinstance(column.iloc[0], str) and local_days(column) is not None:
        return ""
    ends = {_name(_zone(column.iloc[place])) for place in (0, -1)}
    return ends.pop() if len(ends) == 1 else "UTC"


def local_days(column: pd.Series) -> pd.Series | None:
    """Return times without their zone where all lie at one time of its day: then it is the day that counts; else None.

    A single time tells nothing, unless it is midnight. Text tells of a zone by offsets that change, as in a file.

    Examples
    --------
    >>> noons = pd.Series(pd.date_range("2024-03-30 12:00", periods=2, tz="Europe/Berlin"))
    >>> local_days(noons).tolist() == local_days(noons.astype(str)).tolist()
    True
    >>> local_days(noons[:1]) is None
    True
    """
    local = _local(column)
    if local is None:
        return None
    days = local.dt.normalize()
    same = (local == days).all() or ((local - days).nunique() == 1 and days.nunique() > 1)
    return local if same else None


def in_zone(
    stamps: Shaped[np.ndarray, " time"], zone: str, *, by_day: bool
) -> Shaped[np.ndarray, " time"] | pd.DatetimeIndex:
    """Return stamps, which are days of a zone (and a time of day) or times in UTC, in that zone, if there is one.

    Examples
    --------
    >>> noon = np.array(["2024-07-01T12:00"], dtype="datetime64[ns]")
    >>> in_zone(noon, "Europe/Berlin", by_day=False)[0]
    Timestamp('2024-07-01 14:00:00+0200', tz='Europe/Berlin')
    """
    if not zone or stamps.dtype.kind != "M":
        return stamps
    dates = pd.DatetimeIndex(stamps)
    if by_day:
        return dates.tz_localize(zone, ambiguous=np.ones(len(dates), dtype=bool), nonexistent="shift_forward")
    return dates.tz_localize("UTC").tz_convert(zone)


def _local(column: pd.Series) -> pd.Series | None:
    """Return times as a clock on the wall shows them; None unless they tell of a zone."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None).astype("datetime64[ns]")
    if not len(column) or not isinstance(column.iloc[0], str) or not OFFSET.search(column.iloc[0]):
        return None
    words = column.astype(str)
    if words.str.slice(len("2024-01-31T"), -len("+01:00")).nunique() > 1:  # the usual case, told at little cost
        return None
    offsets = words.str.extract(OFFSET)[0]
    if offsets.isna().any() or offsets.nunique() < 2:
        return None
    try:
        return pd.to_datetime(words.str.slice(stop=-len("+01:00")), format="ISO8601").astype("datetime64[ns]")
    except ValueError:
        return None


def _zone(cell: object) -> tzinfo | None:
    try:
        return pd.Timestamp(cell).tzinfo  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None


def _name(zone: tzinfo | None) -> str:
    """Return the name by which the zone is found again, UTC if there is none such; empty without a zone."""
    if zone is None:
        return ""
    try:
        pd.Timestamp(0, tz=str(zone))
    except (KeyError, ValueError, OSError):
        return "UTC"
    return str(zone)
