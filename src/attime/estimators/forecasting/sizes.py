"""How far to read back, and how long a season is, where the user does not say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from attime.data.forecasting import Panel, Record
from attime.errors import OptionError

LONGEST = 720
STEPS_FOR_EACH = 5  # of the training part, for each step that is read: enough windows for as many weights
SEASONAL = 0.1  # autocorrelation from which a cycle counts as one


def check_sizes(**sizes: int | None) -> None:
    """Raise an OptionError unless all that are given are whole numbers.

    Examples
    --------
    >>> check_sizes(horizon=0)
    Traceback (most recent call last):
    attime.errors.OptionError: horizon=0 arrived, expected a whole number, 1 at least
    """
    for name, value in sizes.items():
        if value is not None and not (isinstance(value, int | np.integer) and value >= 1):
            raise OptionError(f"{name}={value!r} arrived, expected a whole number, 1 at least")


def n_held_out(record: Record, share: float, horizon: int) -> int:
    """Return how many of the last steps of a series are held out: none of one that is too short.

    The share is that of the steps from the first value on.
    """
    observed = np.flatnonzero(~np.isnan(record.target))
    n_steps = len(record) - int(observed[0]) if len(observed) else 0
    wanted = max(round(share * n_steps), horizon)
    return wanted if n_steps - wanted >= 2 * horizon else 0


def default_look_back(n_steps: int, horizon: int, period: int | None) -> int:
    """Return the steps to be read: as many as there are windows to learn from, whole seasons, two at least.

    Examples
    --------
    >>> default_look_back(8640, 96, 24), default_look_back(676, 24, 52), default_look_back(120, 12, 12)
    (720, 104, 24)
    """
    free = min(LONGEST, (n_steps - horizon) // STEPS_FOR_EACH)
    season = period or 1
    whole = max(free // season, 2) * season
    return int(np.clip(whole, 1, max(1, n_steps - horizon - 1)))


def find_period(panel: Panel, n_learnt: Sequence[int]) -> int | None:
    """Return the steps of a season: the cycle of the calendar at which changes most resemble themselves, or None.

    Of numbered steps every distance is tried up to a quarter of the series.
    """
    learnt = [record.target[:n] for record, n in zip(panel, n_learnt, strict=True)]
    longest = max(map(len, learnt)) // 2
    if panel.frequency is None:
        return None
    if panel.frequency.periods:
        candidates = [period for period in panel.frequency.periods if period <= longest]
    else:
        candidates = list(range(2, min(longest // 2, LONGEST) + 1))
    if not candidates:
        return None
    likeness = [float(np.mean([_autocorrelation(values, period) for values in learnt])) for period in candidates]
    best = int(np.argmax(np.array(likeness) - 1e-3 * np.arange(len(candidates)) / len(candidates)))
    if likeness[best] < SEASONAL:
        return None
    return candidates[best] if len(panel.frequency.periods) < 2 else _shortest(candidates, likeness)


def _shortest(candidates: list[int], likeness: list[float]) -> int:
    """Return the shortest cycle that is nearly as good as any."""
    return next(period for period, like in zip(candidates, likeness, strict=True) if like >= 0.7 * max(likeness))


def _autocorrelation(values: Float64[np.ndarray, " time"], lag: int) -> float:
    """Return how much the changes of a series resemble those of a cycle before; NaN is passed over."""
    changes = np.diff(values)
    if len(changes) <= lag + 2:
        return 0.0
    one, other = changes[:-lag], changes[lag:]
    there = ~np.isnan(one) & ~np.isnan(other)
    if there.sum() < 3 or not (one[there].std() > 0 and other[there].std() > 0):
        return 0.0
    return float(np.corrcoef(one[there], other[there])[0, 1])


def short_past(panel: Panel, known: Panel, look_back: int) -> str:
    """Return what is to be said of series that are shorter than the window, and than any that was learnt from.

    Examples
    --------
    >>> short_past(Panel.of(np.arange(3.0)), Panel.of(np.arange(30.0)), 12)[:45]
    'series of 3 steps arrived, the model reads 12'
    """
    shortest = min(map(len, panel), default=look_back)
    if shortest >= min(look_back, *map(len, known)):
        return ""
    return (
        f"series of {shortest} steps arrived, the model reads {look_back}: what comes before counts as missing, and "
        "neither the limits nor the verdict were found on so short a past; give more of the past"
    )
