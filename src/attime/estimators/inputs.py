"""What users hand to an estimator, made into series, or answered with one clear error."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import column_or_1d, validate_data

from attime.data import SeriesSet, Shards
from attime.data.channels import refuse_other_channels
from attime.data.shards import gathered
from attime.errors import DataError, DataWarning


def series_of(
    estimator: BaseEstimator,
    X: ArrayLike | pd.DataFrame | SeriesSet | Shards,
    y: ArrayLike | None = None,
    *,
    reset: bool,
    folder: Path | None = None,
) -> SeriesSet:
    """Return the series in `X`, with the labels `y` or those that `X` has itself.

    Tables (a row for each case) go by scikit-learn's rules: columns are counted and named in `fit`, and must be the
    same afterwards. Series of another length than in `fit` come as a three-dimensional array or as a list.

    Parameters
    ----------
    estimator
        Whose input this is.
    X, y
        The series and their labels.
    reset
        True in `fit`, where sizes and names are learnt; False afterwards, where they must agree.
    folder
        Where the values of shards are laid down; only `fit` has a place for them.

    Raises
    ------
    DataError
        If there is something in `X` or `y` that cannot be used, or the channels are not those of `fit`.
    """
    if isinstance(X, Shards):
        if folder is None:
            raise DataError(
                f"{X.path}: shards arrived, expected series; give one piece after the other, as in "
                "[estimator.predict(piece) for piece in shards]"
            )
        if y is not None:
            raise DataError(f"{X.path}: labels arrived beside shards, which have their own; give shards(…, target=…)")
        return gathered(X, folder)
    is_table = not isinstance(X, SeriesSet) and _is_table(X)
    given = validate_data(estimator, X, reset=reset, ensure_all_finite=False, dtype="numeric") if is_table else X
    series = SeriesSet.of(given, None if y is None else _in_one_column(y))
    if not reset and series.n_channels != estimator.n_channels_:
        raise DataError(
            f"{series.from_where}series of {series.n_channels} channels arrived, the model was fitted on "
            f"{estimator.n_channels_}; give the same channels in the same order"
        )
    if not reset:
        refuse_other_channels(series, getattr(estimator, "channels_", ()))
    return series


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Give an empty folder that is gone afterwards."""
    with TemporaryDirectory(prefix="attime-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def without_padding(series: SeriesSet) -> SeriesSet:
    """Return the series without the steps at the end that none of them reaches, which would make networks longer.

    Examples
    --------
    >>> without_padding(SeriesSet.of([[1.0, float("nan"), 2.0, float("nan")]]))
    SeriesSet(1 case, 1 channel, 3 steps)
    """
    end = int(series.lengths.max())
    if end == series.n_steps:
        return series
    by_step = {
        name: part[:, :end] for name in ("truth", "times", "steps") if (part := getattr(series, name)) is not None
    }
    return replace(series, values=series.values[:, :, :end], **by_step)


def look_for_constant_series(series: SeriesSet, scaling: str) -> None:
    """Warn of cases in which nothing ever changes, and refuse a set of nothing else if only shape is to count.

    Raises
    ------
    DataError
        If every series is constant and each is to be brought to its own scale.
    """
    constant = np.flatnonzero(~np.concatenate([_change(block.values) for block in series.blocks()]))
    if len(constant) == len(series) and scaling == "case":
        raise DataError(
            f"{series.from_where}all {len(series)} series are constant, so nothing is left of them on the scale of "
            "each case; check where they come from, or keep their level with scaling='training'"
        )
    if len(constant):
        warnings.warn(
            f"{series.from_where}{len(constant)} of {len(series)} series are constant, case {constant[0]} the first "
            "(counting from 0); remove them if that is no class of its own but a fault",
            DataWarning,
            stacklevel=4,
        )


def _change(values: Float[np.ndarray, "case channel time"]) -> Bool[np.ndarray, " case"]:
    with np.errstate(invalid="ignore"):
        changes = np.nanmax(values, axis=2, initial=-np.inf) > np.nanmin(values, axis=2, initial=np.inf)
    return changes.any(axis=1)


def look_for_longer_series(series: SeriesSet, n_steps: int) -> None:
    """Warn of series that are longer than those in `fit`, which were all of one length."""
    longest = int(series.lengths.max())
    if longest > n_steps:
        warnings.warn(
            f"{series.from_where}series of {longest} steps arrived, those in fit had {n_steps}; if a column "
            "of labels is among the steps, name it as the target",
            DataWarning,
            stacklevel=4,
        )


def _in_one_column(y: ArrayLike) -> ArrayLike:
    """Return labels without a second axis of one entry, of which scikit-learn warns; lists stay lists."""
    labels = y if isinstance(y, list | tuple) else np.asarray(y)
    shape = np.shape(labels)
    return column_or_1d(labels, warn=True) if len(shape) == 2 and shape[1] == 1 else labels


def _is_table(X: object) -> bool:
    """Tell tables, which scikit-learn checks, from series in three dimensions or in lists of arrays."""
    shape = getattr(X, "shape", None)
    if shape is not None:
        return not (len(shape) == 3 or (len(shape) == 1 and str(getattr(X, "dtype", "")) == "object"))
    if isinstance(X, list | tuple) and len(X):
        shapes = {np.shape(case) for case in X if isinstance(case, np.ndarray | list | tuple)}
        return len(shapes) < 2 and all(len(shape) < 2 for shape in shapes)
    return True
