"""Lanes over real times: a lane for each channel, with its range beside it, and strips of colour between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from attime.errors import OptionError
from attime.plot.style import short, tidy

GAP = 0.2  # of a lane's height, that stays empty


def lanes_of(rows: Sequence[Float64[np.ndarray, "*any"]]) -> list[tuple[float, float]]:
    """Return the lowest and the highest value of what is drawn in each lane; a flat one gets some room."""
    found = []
    for row in rows:
        known = row[np.isfinite(row)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        room = (high - low) or abs(high) or 1.0
        found.append((low, high) if high > low else (low - room / 2, high + room / 2))
    return found


def placed(
    values: Float64[np.ndarray, " time"], limits: tuple[float, float], base: float, height: float = 1.0
) -> Float64[np.ndarray, " time"]:
    """Return where values are drawn in a lane that begins at `base`.

    Examples
    --------
    >>> placed(np.array([2.0, 4.0]), (2.0, 4.0), 3.0).tolist()
    [3.1, 3.9]
    """
    low, high = limits
    return base + height * (GAP / 2 + (1 - GAP) * (values - low) / (high - low))


def name_lanes(ax: Axes, names: Sequence[str], middles: Sequence[float]) -> None:
    """Write what each lane is to its left."""
    labels = dict(zip(middles, names, strict=True))
    ax.yaxis.set_major_locator(FixedLocator(list(middles)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda place, _: short(labels.get(place, ""))))
    ax.tick_params(axis="y", length=0)
    tidy(ax)
    ax.spines["left"].set_visible(False)


def chosen_channels(known: Sequence[str], asked: Sequence[str] | None, usual: Sequence[str]) -> list[int]:
    """Return the numbers of the channels that are to be drawn, in the order of the series.

    Raises
    ------
    OptionError
        If a channel is not known.
    """
    names = list(usual if asked is None else asked)
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise OptionError(
            f"channels={names} arrived, expected some of {', '.join(known[:12])}{' …' if len(known) > 12 else ''}"
        )
    return sorted(known.index(name) for name in names)
