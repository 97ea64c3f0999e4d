"""Times of unequal distance, brought to a unit that every network understands: one typical step."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float

from attime.data import SeriesSet
from attime.errors import DataWarning
from attime.nn import Network


def typical_distance(series: SeriesSet) -> float | None:
    """Return the median distance between neighbouring steps, in the unit of the times; None if there are no times.

    Examples
    --------
    >>> typical_distance(SeriesSet.of([[5.0, 6.0, 7.0, 8.0]], times=[[0, 2, 3, 5]]))
    2.0
    """
    if series.times is None:
        return None
    distances = np.diff(series.times, axis=1)
    return float(np.median(distances[distances > 0])) if (distances > 0).any() else 1.0


def look_for_unseen_times(series: SeriesSet, network: Network) -> None:
    """Warn of times that the network has no use for."""
    if series.times is not None and not network.knows_times:
        warnings.warn(
            f"the steps are at unequal distances, but {type(network).__name__} counts steps and does not see times; "
            "for one that does give network='transformer', or Transformer(position='time_stamps')",
            DataWarning,
            stacklevel=4,
        )


def look_for_missing_times(series: SeriesSet, unit: float | None, network: Network) -> None:
    """Warn of series without times where the network has learnt from times."""
    if unit is not None and series.times is None and network.knows_times:
        warnings.warn(
            "the model was fitted on series with times, but none arrived, so steps are taken to be at equal distances; "
            "give SeriesSet.of(values, times=…)",
            DataWarning,
            stacklevel=4,
        )


def in_steps(series: SeriesSet, unit: float | None) -> Float[np.ndarray, "case time"] | None:
    """Return the times of each case since its first step, counted in typical steps; None if there are no times.

    Examples
    --------
    >>> in_steps(SeriesSet.of([[5.0, 6.0, 7.0]], times=[[100, 102, 105]]), 2.0)
    array([[0. , 1. , 2.5]])
    """
    if series.times is None:
        return None
    return (series.times - series.times[:, :1]) / (typical_distance(series) if unit is None else unit)
