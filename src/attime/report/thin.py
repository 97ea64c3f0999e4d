"""Long series on a narrow screen: steps are put together into bins that keep what the eye would miss.

Of a series each bin keeps the lowest and the highest value, so that no peak disappears; of evidence and attention it
keeps the sum, so that what adds up to the prediction still does.
"""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float


def width_for(n_steps: int, at_most: int) -> int:
    """Return how many steps go into a bin so that there are no more than `at_most` bins.

    Examples
    --------
    >>> width_for(500, 500), width_for(501, 500)
    (1, 2)
    """
    return max(1, -(-n_steps // max(1, at_most)))


def extremes(values: Float[np.ndarray, "*rows time"], width: int) -> Float[np.ndarray, "*rows bin 2"]:
    """Return the lowest and the highest value of each bin, the earlier one first; NaN where nothing was observed.

    Examples
    --------
    >>> extremes(np.array([[0.0, 5.0, 1.0, 2.0, -3.0]]), 3)
    array([[[ 0.,  5.],
            [ 2., -3.]]])
    """
    binned = _binned(values, width, fill=np.nan)
    seen = ~np.isnan(binned)
    lowest = np.where(seen, binned, np.inf).argmin(axis=-1)
    highest = np.where(seen, binned, -np.inf).argmax(axis=-1)
    ends = np.sort(np.stack([lowest, highest], axis=-1), axis=-1)
    return np.take_along_axis(binned, ends, axis=-1)


def sums(values: Float[np.ndarray, "*rows time"], width: int) -> Float[np.ndarray, "*rows bin"]:
    """Return the sum of each bin.

    Examples
    --------
    >>> sums(np.array([[1.0, 2.0, 3.0]]), 2)
    array([[3., 3.]])
    """
    return np.asarray(_binned(values, width, fill=0.0).sum(axis=-1))


def means(values: Float[np.ndarray, "*rows time"], width: int) -> Float[np.ndarray, "*rows bin"]:
    """Return the mean of what was observed in each bin; NaN where nothing was.

    Examples
    --------
    >>> means(np.array([[1.0, np.nan, 3.0, 5.0, np.nan]]), 2)
    array([[ 1.,  4., nan]])
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a bin in which nothing was observed is meant to be NaN
        return np.asarray(np.nanmean(_binned(values, width, fill=np.nan), axis=-1))


def _binned(values: np.ndarray, width: int, *, fill: float) -> np.ndarray:
    n_steps = values.shape[-1]
    missing = -n_steps % width
    if missing:
        end = np.full((*values.shape[:-1], missing), fill, dtype=values.dtype)
        values = np.concatenate([values, end], axis=-1)
    return values.reshape(*values.shape[:-1], -1, width)
