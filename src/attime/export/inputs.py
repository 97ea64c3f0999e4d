"""Series as the inputs of a graph, or answered with one clear error; knows numpy alone."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float32
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.data.channels import refuse_other_channels
from attime.data.text import shown
from attime.errors import DataError, DataWarning
from attime.export.metadata import DTYPES


def series_of(X: ArrayLike | pd.DataFrame | SeriesSet, told: Mapping[str, Any]) -> SeriesSet:
    """Return the series in `X`, which are to be such as the estimator takes.

    As there, the columns of a table (a row for each case) must be those of `fit`, where that was given a table, and
    series that are longer than all in `fit`, which were of one length, are warned of.

    Raises
    ------
    DataError
        If there is something in `X` that cannot be used, or other columns.
    """
    names, n_columns = told.get("columns") or [], told.get("n_columns")
    if isinstance(X, pd.DataFrame) and names and all(isinstance(name, str) for name in X.columns):
        for place, (arrived, known) in enumerate(zip(X.columns, names, strict=False)):
            if arrived != known:
                raise DataError(
                    f"column {place} (counting from 0) is called {shown(arrived)}, and was {shown(known)} in fit; give "
                    "the same columns in the same order"
                )
    width = None if isinstance(X, SeriesSet) else _width(X)
    if None not in (width, n_columns) and width != n_columns:
        raise DataError(
            f"a table of {width} columns arrived, the model was fitted on {n_columns}; give as many, or series of "
            "another length as an array (case, channel, time)"
        )
    series = SeriesSet.of(X)
    longest = int(series.lengths.max())
    if told.get("equal_lengths") and longest > told["n_steps"]:
        warnings.warn(
            f"{series.from_where}series of {longest} steps arrived, those in fit had {told['n_steps']}; if a column "
            "of labels is among the steps, name it as the target",
            DataWarning,
            stacklevel=4,
        )
    return series


def inputs_of(series: SeriesSet, wanted: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return values, and times and static covariates where a graph wants these.

    Raises
    ------
    DataError
        If there are other channels than the model was fitted on, something that it was fitted with is missing, or
        something else is there.
    """
    n_channels = told["n_channels"]
    if series.n_channels != n_channels:
        raise DataError(
            f"{series.from_where}series of {series.n_channels} channels arrived, the model was fitted on {n_channels}; "
            "give the same channels in the same order"
        )
    refuse_other_channels(series, told.get("channels", ()))
    inputs: dict[str, np.ndarray] = {"series": series.values}
    if "times" in wanted:
        if series.times is None:
            raise DataError(
                f"{series.from_where}series without times arrived, the model was fitted with times; give "
                "SeriesSet.of(values, times=…)"
            )
        inputs["times"] = series.times
    if "static" in wanted:
        inputs["static"] = _static(series, told["static"])
    elif series.static is not None:
        names = ", ".join(map(str, series.static.columns))
        raise DataError(
            f"{series.from_where}{names} arrived as static covariates, but the model was fitted without static "
            f"covariates: leave out {names}, or fit a model with them"
        )
    return inputs


def _width(X: ArrayLike | pd.DataFrame) -> int | None:
    """Return how many columns a table has; None of series in three dimensions or in a list of arrays."""
    shape = getattr(X, "shape", None)
    if shape is None and isinstance(X, list | tuple):
        with suppress(ValueError):  # rows of different lengths are no table
            shape = np.shape(X)
    return shape[1] if shape is not None and len(shape) == 2 else None


def _static(series: SeriesSet, columns: list[dict[str, Any]]) -> Float32[np.ndarray, "case covariate"]:
    """Return static covariates with words by their numbers, −1 for those never seen in fit."""
    names = [each["name"] for each in columns]
    arrived = [] if series.static is None else list(map(str, series.static.columns))
    if series.static is None or set(names) != set(arrived):
        raise DataError(
            f"{series.from_where}{', '.join(arrived) or 'nothing'} arrived as static covariates, the model was fitted "
            f"on {', '.join(names)}; give these, NaN where unknown (SeriesSet.of(series, static=…))"
        )
    kinds = ("numbers", "words")
    parts = []
    for each in columns:
        column, words = series.static[each["name"]], each["words"]
        are_words = column.dtype == object
        if are_words != (words is not None) and column.notna().any():
            raise DataError(
                f"{series.from_where}the static column {shown(each['name'])} holds {kinds[are_words]}, the model was "
                f"fitted on {kinds[not are_words]} there; give the same kind"
            )
        if words is not None:
            places = {word: place for place, word in enumerate(words)}  # by hand: pandas knows no words but UTF-8
            parts.append(np.array([places.get(word, -1) for word in column], dtype=np.float32))
        else:
            parts.append(column.to_numpy(dtype=np.float32, na_value=np.nan))
    return np.stack(parts, 1)


def checked(
    inputs: Mapping[str, ArrayLike], wanted: Mapping[str, Any], owners: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """Return inputs as the arrays that a graph wants; `owners` are the series that a forecaster knows.

    Raises
    ------
    DataError
        If one is missing, holds what it cannot, or has another shape, or they are of different numbers of cases.
    """
    lacking, others = (", ".join(sorted(names)) for names in (set(wanted) - set(inputs), set(inputs) - set(wanted)))
    if lacking or others:
        remedy = f"add {lacking}" if lacking else f"leave out {others}"
        raise DataError(f"the inputs {', '.join(inputs)} arrived, expected {', '.join(wanted)}; {remedy}")
    arrays = {name: _array(inputs[name], name, DTYPES[each.type]) for name, each in wanted.items()}
    for name, array in arrays.items():
        sizes = wanted[name].shape
        fits = array.ndim == len(sizes) and all(
            own == size for own, size in zip(array.shape, sizes, strict=True) if isinstance(size, int)
        )
        if not fits or not array.size:
            expected = ", ".join(map(str, sizes))
            raise DataError(f"{name} of shape {array.shape} arrived, expected ({expected}); give one of that shape")
    if len({len(array) for array in arrays.values()}) > 1:
        told = ", ".join(f"{len(array)} of {name}" for name, array in arrays.items())
        raise DataError(f"inputs of different numbers of cases arrived ({told}); give as many of each")
    if "times" in arrays and arrays["times"].shape[-1] != arrays["series"].shape[-1]:
        n_times, n_steps = arrays["times"].shape[-1], arrays["series"].shape[-1]
        raise DataError(f"{n_times} times arrived for series of {n_steps} steps; give one for each step")
    strange = ~np.isin(arrays.get("owner", []), np.arange(-1, len(owners)))
    if strange.any():
        case = int(strange.argmax())
        raise DataError(
            f"owner holds {arrays['owner'][case]} in case {case} (counting from 0), expected the place of one of the "
            f"{len(owners)} series of fit, or -1 for another; correct it"
        )
    return arrays


def _array(given: ArrayLike, name: str, dtype: type[np.float32 | np.float64 | np.int64]) -> np.ndarray:
    """Return an input as an array of numbers of a kind."""
    try:
        array = np.asarray(given)
        if array.dtype.kind not in "biuf":
            if array.dtype.kind != "O":
                raise TypeError(f"it holds {array.dtype}")
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} cannot be read as an array of numbers ({error}); correct it") from error
    with np.errstate(all="ignore"):
        found = array.astype(dtype)
    whole = dtype is np.int64
    strange = found != array if whole else np.isinf(found)
    if strange.any():
        expected = "whole numbers" if whole else "finite numbers, or NaN where nothing was measured"
        raise DataError(f"{name} holds {array[strange].flat[0]}, expected {expected}; correct it")
    return found
