"""Lanes: every channel of a series has its own strip of paper, one above the other, with its name beside it.

One channel keeps its values on the axis. Several are scaled, each to its own range, since their units differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Shaped
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from attime.errors import DataError, OptionError
from attime.plot.style import SERIES, TRUTH, tidy

LANE_GAP = 0.26


@dataclass(frozen=True)
class Lane:
    """Where one channel is drawn, in the units of the y axis: its line from `low` to `high`, its strip below."""

    low: float
    high: float
    strip_low: float
    strip_high: float


def as_channels(series: Float[np.ndarray, "*channel time"]) -> Float[np.ndarray, "channel observed"]:
    """Return `series` as (channel, time) up to its last observed step: what follows is padding, not a gap.

    Raises
    ------
    DataError
        If the series has neither one nor two axes, or no observed value.

    Examples
    --------
    >>> as_channels(np.array([1.0, np.nan, 2.0, np.nan]))
    array([[ 1., nan,  2.]])
    """
    channels = np.atleast_2d(series)
    if channels.ndim != 2:
        raise DataError(f"series has shape {series.shape}, expected (time,) or (channel, time): one case at a time")
    observed = np.flatnonzero(np.isfinite(channels).any(axis=0))
    if len(observed) == 0:
        raise DataError(f"series of shape {series.shape} has no observed value, so there is nothing to draw")
    return np.where(np.isfinite(channels), channels, np.nan)[:, : observed[-1] + 1]


def check_steps(
    name: str, values: Shaped[np.ndarray, "*channel time"] | None, series: Float[np.ndarray, "*other time"]
) -> None:
    """Raise a DataError if `values` are given and have another number of steps than `series`."""
    if values is not None and values.shape[-1] != series.shape[-1]:
        raise DataError(
            f"{name} has {values.shape[-1]} steps and the series {series.shape[-1]}; both must be of the same case"
        )


def height_of(n_channels: int, *, strips: bool) -> float:
    """Return the inches that `n_channels` lanes need.

    Examples
    --------
    >>> height_of(1, strips=False)
    2.6
    """
    return max(2.6, min(0.8 + (0.42 if strips else 0.32) * n_channels, 20.0))


def draw_channels(
    ax: Axes, channels: Float[np.ndarray, "channel time"], names: Sequence[str] | None, *, strip_share: float
) -> list[Lane]:
    """Draw one line for each channel, the first on top, and leave `strip_share` of each lane free below it.

    Raises
    ------
    OptionError
        If there is not one name for each channel.
    """
    n_channels, n_steps = channels.shape
    if names is not None and len(names) != n_channels:
        raise OptionError(f"{len(names)} channel names for {n_channels} channels; give one for each")
    steps = np.arange(n_steps)
    lanes = []
    for index, values in enumerate(channels):
        low, high = _range(values)
        base = low - (high - low) * (strip_share / (1 - strip_share))
        if n_channels == 1:
            lane, drawn = _lane(base, high, strip_share), values
        else:
            lane = _lane(n_channels - 1 - index + LANE_GAP / 2, n_channels - index - LANE_GAP / 2, strip_share)
            drawn = lane.low + (values - low) / (high - low) * (lane.high - lane.low)
        # A value between two gaps has no line to either side; a dot keeps it visible.
        lonely = np.flatnonzero(_lonely(np.isfinite(values))).tolist()
        (line,) = ax.plot(steps, drawn, color=SERIES, linewidth=1.1 if n_channels == 1 else 0.8, zorder=3)
        if lonely:
            line.set(marker=".", markersize=4, markevery=lonely)
        lanes.append(lane)
    if n_channels == 1:
        _values_beside(ax, lanes[0], names)
    else:
        _names_beside(ax, lanes, names)
    ax.set_xlim(-0.5, n_steps - 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True))
    ax.set_xlabel("time step")
    tidy(ax)
    return lanes


def draw_truth(ax: Axes, truth: Bool[np.ndarray, " time"], n_steps: int) -> list[Artist]:
    """Shade the first `n_steps` steps where `truth` holds, over the whole height, and return what was drawn."""
    stretches = runs(truth[:n_steps])
    if not stretches:
        return []
    whole_height = ax.get_xaxis_transform()
    return [ax.broken_barh(stretches, (0, 1), transform=whole_height, facecolor=TRUTH, zorder=0, label="true part")]


def runs(marked: Bool[np.ndarray, " time"]) -> list[tuple[float, float]]:
    """Return each unbroken run of marked steps as (left edge, width); a step reaches half a unit to both sides.

    Examples
    --------
    >>> runs(np.array([False, True, True, False, True]))
    [(0.5, 2.0), (3.5, 1.0)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8)))
    return [(float(start) - 0.5, float(stop - start)) for start, stop in edges.reshape(-1, 2)]


def _range(values: Float[np.ndarray, " time"]) -> tuple[float, float]:
    if not np.isfinite(values).any():
        return 0.0, 1.0
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _lane(base: float, top: float, strip_share: float) -> Lane:
    floor = base + (top - base) * strip_share
    return Lane(low=floor, high=top, strip_low=base, strip_high=base + (floor - base) * 0.8)


def _lonely(observed: Bool[np.ndarray, " time"]) -> Bool[np.ndarray, " time"]:
    padded = np.concatenate([[False], observed, [False]])
    lonely: Bool[np.ndarray, " time"] = observed & ~padded[:-2] & ~padded[2:]
    return lonely


def _values_beside(ax: Axes, lane: Lane, names: Sequence[str] | None) -> None:
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(lane.low, lane.high)
    slack = (lane.high - lane.strip_low) * 0.04
    # No ticks beside the strip: values do not reach there.
    ax.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if lane.low - 1e-9 <= tick <= lane.high + 1e-9]))
    ax.set_ylim(lane.strip_low - slack, lane.high + slack)
    if lane.strip_low < lane.low:
        ax.spines["left"].set_bounds(lane.low - slack, lane.high + slack)
    ax.set_ylabel("value" if names is None else names[0])


def _names_beside(ax: Axes, lanes: list[Lane], names: Sequence[str] | None) -> None:
    middles = [(lane.low + lane.high) / 2 for lane in lanes]
    labels = [str(index) for index in range(len(lanes))] if names is None else list(names)
    ax.set_yticks(middles, labels, fontsize=min(9.0, 420 / len(lanes)))
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(0, len(lanes))
    ax.set_ylabel("channel (each on its own scale)")
