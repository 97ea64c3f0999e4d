"""Which grid do time stamps lie on? The widest is tried first, and one that would be mostly gaps is none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Shaped

from attime.data.forecasting.frequency import DAY, Frequency

FEWEST_SHARE = 0.4  # of the points of a grid that have to be there, or the stamps do not lie on one


def infer_frequency(stamps: Sequence[Shaped[np.ndarray, " _"]]) -> Frequency | None:
    """Return the grid on which the stamps of all series lie; None if there is none, or nothing to tell it by.

    Parameters
    ----------
    stamps
        For each series its time stamps, in order, without repetition.

    Examples
    --------
    >>> days = np.array(["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"], dtype="datetime64[ns]")
    >>> str(infer_frequency([days])), str(infer_frequency([np.array([0, 10, 20, 40])]))
    ('B', '10')
    """
    several = [own for own in stamps if len(own) > 1]
    if not several:
        return None
    for candidate in _candidates(several):
        found = [candidate.positions(own, own[0]) for own in several]
        if all(positions is not None for positions in found):
            n_points = sum(int(positions[-1]) + 1 for positions in found if positions is not None)
            if sum(map(len, several)) >= FEWEST_SHARE * n_points:
                return candidate
    return None


def _candidates(stamps: Sequence[Shaped[np.ndarray, " _"]]) -> list[Frequency]:
    """Return what to try, the widest grid first."""
    distances = np.concatenate([np.diff(own) for own in stamps])
    if distances.dtype.kind != "m":
        return [Frequency("step", float(step)) for step in dict.fromkeys((distances.min(), *_common(distances)))]
    nanoseconds = distances.astype("timedelta64[ns]").astype(np.int64)
    sizes = dict.fromkeys((int(nanoseconds.min()), *map(int, _common(nanoseconds))))
    months = [Frequency("month", size, at_end) for size in (12, 3, 1) for at_end in (True, False)]
    days = [Frequency("business day")] if nanoseconds.min() >= DAY * 10**9 else []
    fixed = [Frequency("second", size / 1e9) for size in sizes]
    weekly = nanoseconds.min() < 28 * DAY * 10**9
    return [*days, *fixed] if weekly else [*months, *fixed]


def _common(distances: Shaped[np.ndarray, " distance"]) -> list[float]:
    """Return the largest distance of which all others are multiples, if they are whole numbers."""
    if distances.dtype.kind != "i":
        return []
    return [float(math.gcd(*np.unique(distances).tolist()))]
