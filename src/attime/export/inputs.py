"""Series as the inputs of a graph, or answered with one clear error; knows numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float32
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.data.channels import refuse_other_channels
from attime.errors import DataError

#: What onnxruntime calls the numbers of an input, and what numpy does.
DTYPES = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}


def inputs_of(series: SeriesSet, wanted: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return values, and times and static covariates where a graph wants these.

    Raises
    ------
    DataError
        If there are other channels than the model was fitted on, or something that it was fitted with is missing.
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
    return inputs


def _static(series: SeriesSet, columns: list[dict[str, Any]]) -> Float32[np.ndarray, "case covariate"]:
    """Return static covariates with words by their numbers, −1 for those never seen in fit."""
    names = [each["name"] for each in columns]
    arrived = [] if series.static is None else list(map(str, series.static.columns))
    if series.static is None or set(names) != set(arrived):
        raise DataError(
            f"{series.from_where}{', '.join(arrived) or 'nothing'} arrived as static covariates, the model was fitted "
            f"on {', '.join(names)}; give these, NaN where unknown (SeriesSet.of(series, static=…))"
        )
    parts = []
    for each in columns:
        column, words = series.static[each["name"]], each["words"]
        if words is not None:
            places = {word: place for place, word in enumerate(words)}
            column = column.map(places).astype("float64").fillna(-1)
        parts.append(column.to_numpy(dtype=np.float32, na_value=np.nan))
    return np.stack(parts, 1)


def checked(inputs: Mapping[str, ArrayLike], wanted: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return inputs as the arrays that a graph wants.

    Raises
    ------
    DataError
        If one is missing or has another shape, or they are of different numbers of cases.
    """
    lacking, others = (", ".join(sorted(names)) for names in (set(wanted) - set(inputs), set(inputs) - set(wanted)))
    if lacking or others:
        remedy = f"add {lacking}" if lacking else f"leave out {others}"
        raise DataError(f"the inputs {', '.join(inputs)} arrived, expected {', '.join(wanted)}; {remedy}")
    arrays = {name: np.asarray(inputs[name], dtype=DTYPES[each.type]) for name, each in wanted.items()}
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
    return arrays
