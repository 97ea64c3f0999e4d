"""Times of measurements: from the words in a file to numbers, and which of them are worth keeping."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from attime.data.cells import MISSING
from attime.data.text import shown
from attime.errors import DataError


def times_of(
    words: Sequence[str] | Shaped[np.ndarray, " row"],
    error: Callable[[int, str], DataError],
    *,
    where: str = "",
    alone: bool = False,
) -> Shaped[np.ndarray, " row"]:
    """Return times that can be compared: the numbers that words spell, or else their dates, in seconds.

    Parameters
    ----------
    words
        The times as they were written.
    error
        What makes an error out of the number of a word and a message: it knows the place.
    where
        What else to say about the place.
    alone
        A date has to be clear by itself, as 01/02/2024 is not: there are others that are not seen here.

    Raises
    ------
    DataError
        If a word is neither.

    Examples
    --------
    >>> times_of(["2", "10.5"], error=lambda row, message: DataError(message))
    array([ 2. , 10.5])
    >>> times_of(["2024-01-31", "2024-01-31 12:00"], error=lambda row, message: DataError(message)) - 1706659200
    array([    0., 43200.])
    """
    series = pd.Series(words, dtype=object)
    readings = [pd.to_numeric(series, errors="coerce").replace([np.inf, -np.inf], np.nan)]
    if not readings[0].isna().any():
        return readings[0].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "could not infer format": then cells fail, and are named
        for form in ("ISO8601",) if alone else ("ISO8601", None):
            readings.append(pd.to_datetime(series, errors="coerce", utc=True, format=form))
            if not readings[-1].isna().any():
                return pd.DatetimeIndex(readings[-1]).as_unit("us").asi8 / 1e6
    best = min(readings, key=lambda reading: reading.isna().sum())
    row = int(best.isna().argmax())
    arrived = "no time" if words[row] in MISSING else f"time {shown(words[row])}"
    raise error(
        row,
        f"{arrived} arrived{where}, expected a number or a date like 2024-01-31 12:00, written alike in all rows; "
        "correct it",
    )


def uneven_times(
    row_times: Shaped[np.ndarray, " row"],
    cases: Int[np.ndarray, " row"],
    steps: Int[np.ndarray, " row"],
    *,
    keep: bool = False,
) -> Float[np.ndarray, "case time"] | None:
    """Return the time of every step; None if all steps are at one distance, give or take rounding, unless `keep`."""
    times = np.full((cases.max() + 1, steps.max() + 1), np.nan)
    times[cases, steps] = row_times
    distances = np.diff(times, axis=1)
    distances = distances[~np.isnan(distances)]
    return None if not keep and one_distance(distances.min(initial=np.inf), distances.max(initial=0.0)) else times


def one_distance(shortest: float, longest: float) -> bool:
    """Whether steps are at one distance, give or take rounding; so they are if there is no distance at all."""
    return bool(longest - shortest <= 1e-6 * longest)
