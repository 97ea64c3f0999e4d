"""What a detector is given, made into series of channels and time steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.errors import DataError

Data = ArrayLike | pd.DataFrame | SeriesSet


@dataclass(frozen=True, eq=False)
class Watched:
    """Series to learn from or to look through.

    Attributes
    ----------
    series
        Each of shape (channel, time); NaN where nothing was measured.
    times
        The time of every step of each series: numbers from 0 where none were given.
    channels
        One name for each channel.
    alone
        Whether it was one series, whose answer is one array of shape (time,).
    """

    series: tuple[Float64[np.ndarray, "channel time"], ...]
    times: tuple[Shaped[np.ndarray, " time"], ...]
    channels: tuple[str, ...]
    alone: bool

    def gathered(self, parts: Sequence[Float64[np.ndarray, " time"]]) -> Float64[np.ndarray, ...]:
        """Return what was found of each series as one array: (time,), or (case, time) that ends in NaN."""
        if self.alone:
            return parts[0]
        longest = max(map(len, parts))
        return np.stack([np.pad(part, (0, longest - len(part)), constant_values=np.nan) for part in parts])


def watched(X: Data, *, cases: bool = False) -> Watched:
    """Read series.

    Parameters
    ----------
    X
        One series: an array (time,) or (time, channel), a frame with a row for each time, whose index may hold the
        times. Several: an array (case, channel, time), a list of arrays (time,) or (channel, time), or a `SeriesSet`.
        NaN is missing.
    cases
        Whether a table of two dimensions has a row for each case instead.

    Raises
    ------
    DataError
        If values are no finite numbers or the shape is another one; the message says where.

    Examples
    --------
    >>> watched(np.zeros((100, 2))).series[0].shape, watched(np.zeros((5, 2, 30))).series[0].shape
    ((2, 100), (2, 30))
    """
    if isinstance(X, pd.DataFrame | pd.Series) and not cases:
        return _from_frame(X.to_frame() if isinstance(X, pd.Series) else X)
    if not isinstance(X, SeriesSet) and not isinstance(X, list | tuple) and np.ndim(X) <= 2 and not cases:
        return _one(np.asarray(X), None)
    if isinstance(X, list | tuple) and len(X) and all(np.ndim(part) == 0 for part in X):
        return _one(np.asarray(X), None)  # a list of numbers is one series
    found = SeriesSet.of(X)
    series = tuple(
        np.asarray(values[:, :length], dtype=np.float64)
        for values, length in zip(found.values, found.lengths, strict=True)
    )
    times = tuple(np.arange(values.shape[1]) for values in series)
    if found.times is not None:
        times = tuple(row[: len(own)] for row, own in zip(found.times, times, strict=True))
    return Watched(series, times, found.channels, alone=False)


def _one(values: Shaped[np.ndarray, ...], times: Shaped[np.ndarray, " time"] | None) -> Watched:
    table = values[:, None] if values.ndim == 1 else values
    if table.ndim != 2 or not table.size:
        raise DataError(
            f"an array of shape {values.shape} arrived, expected one series (time,) or (time, channel), or several "
            "(case, channel, time)"
        )
    found = SeriesSet.of(_numbers(table).T[None])
    times = np.arange(len(table)) if times is None else times
    return Watched((np.asarray(found.values[0], dtype=np.float64),), (times,), found.channels, alone=True)


def _numbers(table: Shaped[np.ndarray, "time channel"]) -> Float64[np.ndarray, "time channel"]:
    try:
        return table.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"values that are no numbers arrived ({error}); give numbers, NaN where missing") from error


def _from_frame(frame: pd.DataFrame) -> Watched:
    words = [str(name) for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise DataError(
            f"column {words[0]!r} holds {frame[words[0]].dtype}, expected a column of numbers for each channel; set "
            "the times as the index, and leave out what is no measurement"
        )
    if frame.index.has_duplicates or not frame.index.is_monotonic_increasing:
        raise DataError("the index does not increase, expected the times in order, each once; sort, and drop repeats")
    found = _one(frame.to_numpy(dtype=np.float64, na_value=np.nan), frame.index.to_numpy())
    return Watched(found.series, found.times, tuple(str(name) for name in frame.columns), alone=True)
