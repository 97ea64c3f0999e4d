"""The axis of time in pictures of forecasts: real time stamps, or numbers where these are numbers."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Shaped
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num


def places(stamps: Shaped[np.ndarray, "*axes"]) -> Float64[np.ndarray, "*axes"]:
    """Return where time stamps stand on the axis; NaN before a series begins.

    Examples
    --------
    >>> places(np.array(["1970-01-02", "1970-01-03"], dtype="datetime64[ns]")), places(np.array([7, 8]))
    (array([1., 2.]), array([7., 8.]))
    """
    numbers = date2num(stamps) if stamps.dtype.kind == "M" else stamps  # type: ignore[no-untyped-call]
    return np.asarray(numbers, dtype=np.float64)


def places_ahead(past: Shaped[np.ndarray, " time"], ahead: Shaped[np.ndarray, " step"]) -> Float64[np.ndarray, " step"]:
    """Return where the steps ahead stand: at their stamps; if these only count steps, at the usual distance.

    That is so where the past has dates that lie on no grid.

    Examples
    --------
    >>> places_ahead(np.array(["1970-01-02", "1970-01-04"], dtype="datetime64[ns]"), np.array([1, 2]))
    array([5., 7.])
    """
    if past.dtype.kind != "M" or ahead.dtype.kind == "M":
        return places(ahead)
    when = places(past)
    return when[-1] + float(np.nanmedian(np.diff(when))) * ahead


def edges(middles: Float64[np.ndarray, " time"]) -> Float64[np.ndarray, " time_and_one"]:
    """Return where each step ends and the next begins: half way between them.

    Examples
    --------
    >>> edges(np.array([0.0, 1.0, 3.0]))
    array([-0.5, 0.5, 2. , 4. ])
    """
    if len(middles) < 2:
        return np.concatenate([middles - 0.5, middles + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[1.5 * middles[0] - 0.5 * middles[1]], between, [1.5 * middles[-1] - 0.5 * middles[-2]]])


def write_times(ax: Axes, stamps: Shaped[np.ndarray, "*axes"], name: str) -> None:
    """Put dates on the axis to the right if the stamps are dates, and its name if they are numbers."""
    if stamps.dtype.kind == "M":
        locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    else:
        ax.set_xlabel(name)
