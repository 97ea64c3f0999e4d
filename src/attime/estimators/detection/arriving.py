"""What a detector is given, made into series of channels and time steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Shaped
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

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


def watched(X: Data, estimator: BaseEstimator, *, reset: bool, cases: bool = False) -> Watched:
    """Read series.

    A table goes by scikit-learn's rules: columns are counted and named in `fit`, and must be the same afterwards.

    Parameters
    ----------
    X
        One series: an array (time,) or (time, channel), a frame with a row for each time, whose index may hold the
        times. Several: an array (case, channel, time), a list of arrays (time,) or (channel, time), or a `SeriesSet`.
        NaN is missing.
    estimator
        Whose input this is.
    reset
        True in `fit`, where names are learnt; False afterwards, where they must agree.
    cases
        Whether a table of two dimensions has a row for each case instead.

    Raises
    ------
    DataError
        If values are no finite numbers or the shape is another one; the message says where.
    TypeError
        If it is a sparse matrix, or holds objects that are no numbers.

    Examples
    --------
    >>> watched(np.zeros((100, 2)), BaseEstimator(), reset=True).series[0].shape
    (2, 100)
    >>> watched(np.zeros((5, 2, 30)), BaseEstimator(), reset=True).series[0].shape
    (2, 30)
    """
    if cases or not _is_one(X):
        return _several(SeriesSet.of(X))
    if isinstance(X, pd.DataFrame | pd.Series):
        frame = X.to_frame() if isinstance(X, pd.Series) else X
        _look_at(frame)
        names = tuple(str(name) for name in frame.columns)
        return _one(_by_rule(frame, estimator, reset=reset), frame.index.to_numpy(), names)
    flat = isinstance(X, np.ndarray | list | tuple) and np.ndim(X) == 1
    of_one = reset or getattr(estimator, "n_features_in_", 1) == 1
    values = _by_rule(np.asarray(X)[:, np.newaxis] if flat and of_one else X, estimator, reset=reset)
    return _one(values, np.arange(len(values)), tuple(map(str, range(values.shape[1]))))


def _is_one(X: Data) -> bool:
    """Tell one series, an array or lists of numbers, from several: lists of arrays, or of series of unequal lengths."""
    if isinstance(X, SeriesSet) or (isinstance(X, list | tuple) and any(getattr(part, "shape", ()) for part in X)):
        return False
    try:
        shape = X.shape if hasattr(X, "shape") else np.asarray(X).shape
    except ValueError:  # of unequal lengths
        return False
    return len(shape) < 3


def _by_rule(table: Data, estimator: BaseEstimator, *, reset: bool) -> Float64[np.ndarray, "time channel"]:
    """Return the numbers of a table that scikit-learn accepts; names are of no use where `fit` was told none."""
    if not reset and isinstance(table, pd.DataFrame) and not hasattr(estimator, "feature_names_in_"):
        table = table.to_numpy()
    try:
        found = validate_data(
            estimator,
            table,
            reset=reset,
            ensure_all_finite=False,
            dtype="numeric",
            ensure_min_samples=2 if reset else 1,
        )
        return found.astype(np.float64)
    except ValueError as error:
        raise DataError(str(error)) from error


def _one(
    table: Float64[np.ndarray, "time channel"], times: Shaped[np.ndarray, " time"], channels: tuple[str, ...]
) -> Watched:
    values = np.asarray(SeriesSet.of(table.T[np.newaxis]).values[0], dtype=np.float64)
    return Watched((values,), (times,), channels, alone=True)


def _several(found: SeriesSet) -> Watched:
    series = tuple(
        np.asarray(values[:, :length], dtype=np.float64)
        for values, length in zip(found.values, found.lengths, strict=True)
    )
    times = tuple(np.arange(values.shape[1]) for values in series)
    if found.times is not None:
        times = tuple(row[: len(own)] for row, own in zip(found.times, times, strict=True))
    return Watched(series, times, found.channels, alone=False)


def _look_at(frame: pd.DataFrame) -> None:
    words = [str(name) for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise DataError(
            f"column {words[0]!r} holds {frame[words[0]].dtype}, expected a column of numbers for each channel; set "
            "the times as the index, and leave out what is no measurement"
        )
    if frame.index.has_duplicates or not frame.index.is_monotonic_increasing:
        raise DataError("the index does not increase, expected the times in order, each once; sort, and drop repeats")
