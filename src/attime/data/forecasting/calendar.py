"""What a calendar knows ahead: where a time lies in its day, week, month and year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped

from attime.data.forecasting.frequency import DAY, Frequency
from attime.errors import DataError, OptionError
from attime.names import pick

#: From dates to how much of each cycle has passed, 0 to 1; and the seconds of the cycle.
CYCLES: dict[str, tuple[Callable[[pd.DatetimeIndex], Any], float]] = {
    "day": (lambda dates: (dates - dates.normalize()).total_seconds() / DAY, DAY),
    "week": (lambda dates: (dates.day_of_week + (dates - dates.normalize()).total_seconds() / DAY) / 7, 7 * DAY),
    "month": (lambda dates: (dates.day - 1) / dates.days_in_month, 30.44 * DAY),
    "year": (lambda dates: (dates.day_of_year - 1) / 365.25, 365.25 * DAY),
}
HARMONICS = (1, 2)
SECONDS = {"second": 1.0, "business day": DAY, "month": 30.44 * DAY}


def calendar_of(
    asked: Sequence[str] | Literal["auto"], grid: Frequency | None, stamps: pd.Series[Any]
) -> tuple[str, ...]:
    """Return the names of the cycles that are asked for.

    Of its own accord it takes the day, the week and the year, where a step is at most a quarter of them and they come
    round twice.

    Raises
    ------
    DataError
        If times are numbers.
    OptionError
        If there is no such cycle.
    """
    if stamps.dtype.kind != "M":
        raise DataError(
            f"calendar={asked!r} arrived, and column {stamps.name!r} holds numbers, expected dates; give dates, or "
            "leave calendar= out"
        )
    if asked != "auto":
        if isinstance(asked, str):
            raise OptionError(
                f"calendar={asked!r} arrived, expected 'auto' or a list of names, such as ['day', 'week']"
            )
        for name in asked:
            pick(CYCLES, name, what="cycle")
        return tuple(asked)
    step = 0.0 if grid is None else SECONDS[grid.kind] * grid.size
    lasts = (stamps.max() - stamps.min()).total_seconds()
    return tuple(name for name in ("day", "week", "year") if 4 * step <= CYCLES[name][1] <= lasts / 2)


def calendar_features(
    stamps: Shaped[np.ndarray, " time"], cycles: Sequence[str]
) -> Float64[np.ndarray, "feature time"]:
    """Return sine and cosine of once and twice the angle in each cycle.

    Examples
    --------
    >>> noon = np.array(["2024-01-01 12:00"], dtype="datetime64[ns]")
    >>> calendar_features(noon, ["day"]).round(3).T + 0
    array([[ 0., -1.,  0.,  1.]])
    """
    dates = pd.DatetimeIndex(stamps)
    angles = [
        2 * np.pi * harmonic * np.asarray(CYCLES[name][0](dates), dtype=np.float64)
        for name in cycles
        for harmonic in HARMONICS
    ]
    return np.array([wave(angle) for angle in angles for wave in (np.sin, np.cos)]).reshape(-1, len(dates))
