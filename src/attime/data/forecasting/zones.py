"""Time zones: stamps are compared without one, and come back in the one that they arrived in."""

from __future__ import annotations

from datetime import tzinfo

import numpy as np
import pandas as pd
from jaxtyping import Shaped


def zone_of(column: pd.Series) -> str:
    """Return the name of the time zone of a column of times, empty if it has none.

    Of text the first and the last are looked at; where they differ, as in summer and winter, it is UTC.

    Examples
    --------
    >>> zone_of(pd.Series(["2024-01-01T12:00+01:00", "2024-07-01T12:00+02:00"])), zone_of(pd.Series(["2024-01-01"]))
    ('UTC', '')
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return _name(column.dtype.tz)
    if not len(column) or column.dtype.kind == "M" or pd.api.types.is_numeric_dtype(column):
        return ""
    ends = {_name(_zone(column.iloc[place])) for place in (0, -1)}
    return ends.pop() if len(ends) == 1 else "UTC"


def of_days(column: pd.Series) -> bool:
    """Tell whether all times have a zone and lie at its midnight: then it is the day that counts."""
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        return False
    local = column.dt.tz_localize(None)
    return bool((local == local.dt.normalize()).all())


def in_zone(
    stamps: Shaped[np.ndarray, " time"], zone: str, *, by_day: bool
) -> Shaped[np.ndarray, " time"] | pd.DatetimeIndex:
    """Return stamps, which are days of a zone or times in UTC, in that zone; as they are if there is none.

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
