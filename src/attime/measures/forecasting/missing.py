"""What is missing: means pass over NaN, and JSON has no word for it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float64


def mean_of_existing(values: np.ndarray, axis: int | tuple[int, ...] | None = None) -> Float64[np.ndarray, "*kept"]:
    """Return the mean along `axis` (None: of all values), and NaN of nothing, without the warning of `numpy.nanmean`.

    Examples
    --------
    >>> mean_of_existing(np.array([[1.0, np.nan], [3.0, np.nan]]), axis=0)
    array([ 2., nan])
    """
    n_existing = np.sum(~np.isnan(values), axis=axis)
    return np.asarray(np.nansum(values, axis=axis) / np.where(n_existing > 0, n_existing, np.nan))


def plain(value: Any) -> Any:
    """Return arrays and the columns of tables as lists, and None for numbers that are not finite, as JSON demands.

    Examples
    --------
    >>> plain(np.array([1.0, np.nan])), plain(3)
    ([1.0, None], 3)
    """
    if isinstance(value, pd.DataFrame):
        return {str(name): plain(value[name].to_numpy()) for name in value}
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    return None if isinstance(value, float) and not math.isfinite(value) else value
