"""How the forms in which series arrive become one array of cases, channels and time steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Shaped
from numpy.typing import ArrayLike

from attime.errors import DataError

LARGEST = float(np.finfo(np.float32).max)


def as_values(X: ArrayLike | pd.DataFrame, source: str = "") -> Float[np.ndarray, "case channel time"]:
    """Return the series in `X`, every value either finite or NaN, and no case without a value.

    They are float32 if they come so, else float64.

    Raises
    ------
    DataError
        If that cannot be done; the message names the case.
    """
    try:
        numbers = _cube(X)
        if not len(numbers):
            raise DataError("no cases arrived, expected at least one; check how the data were selected")
        if not numbers.size:
            raise DataError(f"an array of shape {numbers.shape} arrived, expected at least one channel and time step")
        # Not float32 for all: small changes on a large level would be gone before they could be scaled.
        with np.errstate(over="ignore"):  # what a wider float held becomes infinite, and is refused
            values = numbers.astype(np.float32 if numbers.dtype == np.float32 else np.float64, copy=False)
        _refuse_infinite(values)
        nothing = np.isnan(values).all(axis=(1, 2))
        if nothing.any():
            raise DataError(
                f"case {nothing.argmax()} (counting from 0) holds no observed value, expected at least one; "
                "remove the case"
            )
    except DataError as error:
        raise DataError(_from(source) + str(error)) from error.__cause__
    return values


def as_labels(labels: ArrayLike, n_cases: int, source: str = "") -> Shaped[np.ndarray, " case"]:
    """Return one label per case, in the dtype they came in.

    Raises
    ------
    DataError
        If their number is not that of the cases, or one is missing.
    """
    array = np.asarray(labels)
    if array.shape != (n_cases,):
        raise DataError(
            f"{_from(source)}labels of shape {array.shape} arrived, expected one for each of the {n_cases} cases, "
            f"that is ({n_cases},)"
        )
    # Looked for in what was given: numpy would turn the NaN of ["a", nan] into the word "nan".
    given = array if isinstance(labels, np.ndarray) else np.array(labels, dtype=object)
    missing = pd.isna(given)
    if missing.any():
        raise DataError(
            f"{_from(source)}the label of case {missing.argmax()} (counting from 0) is missing, expected one for "
            "every case; add it or remove the case"
        )
    return array


def as_truth(truth: ArrayLike, shape: tuple[int, int], source: str = "") -> Bool[np.ndarray, "case time"]:
    """Return the mask of the steps that make the class.

    Raises
    ------
    DataError
        If it is not of `shape` or holds anything but true and false (or 1 and 0).
    """
    array = np.asarray(truth)
    if array.shape != shape:
        raise DataError(f"{_from(source)}truth of shape {array.shape} arrived, expected (case, time) = {shape}")
    if array.dtype != bool and not np.isin(array, (0, 1)).all():
        raise DataError(f"{_from(source)}truth holds {array.dtype} values other than 0 and 1; pass a mask")
    return array.astype(bool)


def as_times(
    times: ArrayLike, values: Float[np.ndarray, "case channel time"], source: str = ""
) -> Float[np.ndarray, "case time"]:
    """Return when each step was measured; what stands after the end of a series repeats its last time.

    Raises
    ------
    DataError
        If it is not of shape (case, time), or if within a series it is no finite number or does not increase.
    """
    with np.errstate(over="ignore"):
        array = _numbers(times, "times").astype(np.float64)
    n_cases, _, n_steps = values.shape
    if array.shape != (n_cases, n_steps):
        raise DataError(
            f"{_from(source)}times of shape {array.shape} arrived, expected (case, time) = {(n_cases, n_steps)}"
        )
    last = n_steps - 1 - (~np.isnan(values)).any(axis=1)[:, ::-1].argmax(axis=1)
    within = np.arange(n_steps) <= last[:, np.newaxis]
    array = np.where(within, array, array[np.arange(n_cases), last][:, np.newaxis])
    wrong = ~np.isfinite(array)
    wrong[:, 1:] |= within[:, 1:] & ~(array[:, 1:] > array[:, :-1])
    if wrong.any():
        case, step = np.argwhere(wrong)[0]
        raise DataError(
            f"{_from(source)}case {case}, step {step} (counting from 0) was measured at time {array[case, step]:g}, "
            "expected a number above that of the step before; sort the steps, or correct it"
        )
    return array


def _from(source: str) -> str:
    return f"{source}: " if source else ""


def _cube(X: ArrayLike | pd.DataFrame) -> np.ndarray:
    """Return the numbers of `X` in three dimensions, in whatever precision they came."""
    if isinstance(X, pd.DataFrame):
        return _of_frame(X)[:, np.newaxis]
    if isinstance(X, (list, tuple)) or (isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1):
        return _of_list(X)
    array = _numbers(X, "X")
    if array.ndim == 2:
        return array[:, np.newaxis]
    if array.ndim != 3:
        raise _wrong_dimensions(array)
    return array


def _of_frame(frame: pd.DataFrame) -> np.ndarray:
    for name, dtype in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype) or dtype.kind == "c":
            raise DataError(
                f"column {name!r} holds {dtype} values, expected numbers: one column per time step; remove the column "
                "or pass it as labels"
            )
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def _of_list(cases: Sequence[ArrayLike] | np.ndarray) -> np.ndarray:
    """Stack cases of (time,) or (channel, time), padding the shorter ones with NaN at the end."""
    arrays = [_numbers(case, f"case {number}") for number, case in enumerate(cases)]
    if arrays and arrays[0].ndim == 0:
        raise _wrong_dimensions(np.asarray(arrays))
    for number, array in enumerate(arrays):
        if array.ndim not in (1, 2):
            raise DataError(
                f"case {number} (counting from 0) has {array.ndim} dimensions, expected (time,) or (channel, time)"
            )
    arrays = [np.atleast_2d(array) for array in arrays]
    for number, array in enumerate(arrays):
        if len(array) != len(arrays[0]):
            raise DataError(
                f"case {number} (counting from 0) has {len(array)} channels and case 0 has {len(arrays[0])}, expected "
                "the same number; give (channel, time) for each case and NaN for what was not measured"
            )
    n_channels = len(arrays[0]) if arrays else 0
    cube = np.full((len(arrays), n_channels, max((array.shape[1] for array in arrays), default=0)), np.nan)
    for place, array in zip(cube, arrays, strict=True):
        place[:, : array.shape[1]] = array
    return cube


def _numbers(X: ArrayLike, what: str) -> np.ndarray:
    try:
        array = np.asarray(X)
        if array.dtype == object:
            array = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{what} cannot be read as an array of numbers ({error}); expected numbers or NaN") from error
    if array.dtype.kind not in "fiub":
        raise DataError(f"{what} holds {array.dtype} values, expected real numbers; convert them first")
    return array


def _wrong_dimensions(array: np.ndarray) -> DataError:
    hint = "write X[np.newaxis] for a single series" if array.ndim == 1 else "reshape it"
    return DataError(f"an array of shape {array.shape} arrived, expected (case, time) or (case, channel, time); {hint}")


def _refuse_infinite(values: np.ndarray) -> None:
    too_large = np.abs(values) > LARGEST
    if not too_large.any():
        return
    case, channel, step = np.argwhere(too_large)[0]
    arrived = values[case, channel, step]
    expected = "a finite number" if np.isinf(arrived) else f"at most {LARGEST:.3g} in size (float32)"
    remedy = "correct it" if np.isinf(arrived) else "rescale the series"
    raise DataError(
        f"case {case}, channel {channel}, step {step} (counting from 0) holds {arrived:g}, expected {expected}; "
        f"{remedy}, or write NaN where nothing was measured"
    )
