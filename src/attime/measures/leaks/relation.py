"""How one column hangs on the future of another, as a sum of its values with any weights.

A column is accused if later values of a source explain what earlier ones leave open of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Int64

from attime.measures.leaks.explained import unexplained
from attime.measures.leaks.far import far_lags
from attime.measures.leaks.panel import Values

REACHES = (4, 12, 32, 100)  # steps to either side; short reaches serve short series and such with missing values
LEFT_EXACT, GAIN_EXACT = 1e-4, 0.99  # of a column that is a sum of values of the source: honest ones gain 0.87 at most
GAIN_NEWS, GAIN_NEWS_OTHERS = 0.95, 0.999  # of the news of a column: honest ones gain 0.8 at most
CERTAIN = 1e-6
NOTHING_LEFT = 1e-9  # shares below are rounding: the past explains it all


@dataclass(frozen=True)
class Relation:
    """What later values of a source tell about a column.

    Attributes
    ----------
    source
        Name of the source.
    lags
        Steps ahead of the values that were used.
    before, after
        Shares of the variance of the column that are left open without and with them.
    exact
        Whether the column is a sum of values of the source alone; if not, its own past had to help.
    kind
        As of a `Finding`.
    """

    source: str
    lags: tuple[int, ...]
    before: float
    after: float
    exact: bool
    kind: Literal["two_sided_filter", "future_value", "future_window", "too_good_predictor"] = "two_sided_filter"

    @property
    def certain(self) -> bool:
        """Whether nothing is left open but rounding."""
        return self.after < CERTAIN * self.before


Stretch = Int64[np.ndarray, " time"]


def of_target(column: Values, target: Values, stretch: Stretch, *, name: str, known_ahead: bool) -> Relation | None:
    """Return how a column hangs on later values of the target; None if it does not.

    What is known ahead must not even know the present value.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=400)
    >>> of_target(np.roll(y, -2), y, np.zeros(400, np.int64), name="y", known_ahead=False).lags
    (2,)
    >>> of_target(np.roll(y, 2), y, np.zeros(400, np.int64), name="y", known_ahead=False) is None
    True
    """
    now, noisy = int(known_ahead), None
    designs = [([*range(-reach, 1 - now)], [*range(1 - now, reach + 1)]) for reach in REACHES]
    for past, future in (*designs, *_far(column, target)):
        relation = _relation(column, target, stretch, past, future, name, GAIN_NEWS)
        if relation is not None and (known_ahead or not _drives(column, target, stretch)):
            if relation.exact:
                return _named(relation, column, target, stretch)
            noisy = noisy or relation
    if noisy is not None and not noisy.certain:
        return replace(noisy, kind="too_good_predictor")
    return noisy


def of_other(column: Values, source: Values, stretch: Stretch, *, name: str) -> Relation | None:
    """Return how a column hangs on a window around each time of another column; None if it does not.

    None as well if the other is an honest lag or past mean of this one. A window around each time cannot be undone from
    one side; a shift can, so that of two shifted copies neither is accused.
    """
    # Noise asks for a short reach, but relations of others must be exact, so that the longest possible will do.
    for reach in reversed(REACHES):
        near = [*range(-reach, 1)], [*range(1, reach + 1)]
        if unexplained(column, source, stretch, past=near[0], future=near[1]) is not None:
            break
    for past, future in (near, *_far(column, source)):
        relation = _relation(column, source, stretch, past, future, name, GAIN_NEWS_OTHERS)
        if relation is not None:
            return None if made_of_past(source, column, stretch, reach=reach) else relation
    return None


def made_of_past(column: Values, source: Values, stretch: Stretch, *, reach: int = REACHES[-1]) -> bool:
    """Tell whether a column is a lag or a past mean of a source, or cannot be told from one for lack of rows."""
    found = unexplained(column, source, stretch, past=[*range(-reach, 1)], future=[1], own=1)
    return found is None or min(found.past, found.past_own) < CERTAIN


def _far(column: Values, source: Values) -> list[tuple[list[int], list[int]]]:
    """Return the lags far away that are worth a try, if any."""
    past, future = far_lags(column, source, beyond=REACHES[-1])
    return [([*past, -2, -1, 0], future)] if future else []


def _relation(
    column: Values, source: Values, stretch: Stretch, past: list[int], future: list[int], name: str, gain_news: float
) -> Relation | None:
    """Compare what is left open without and with the future."""
    found = unexplained(column, source, stretch, past=past, future=future)
    if found is None:
        return None
    if found.both < LEFT_EXACT and found.gain > GAIN_EXACT and found.past > NOTHING_LEFT:
        return Relation(name, tuple(future), found.past, found.both, exact=True)
    if found.gain_own > gain_news and found.past_own > NOTHING_LEFT:
        return Relation(name, tuple(future), found.past_own, found.both_own, exact=False)
    return None


def _drives(column: Values, target: Values, stretch: Stretch) -> bool:
    """Tell whether the target has been computed from the column, its present value included: that is no leak."""
    found = unexplained(target, column, stretch, past=range(-4, 0), future=[0])
    return found is not None and found.both < NOTHING_LEFT and found.past > CERTAIN


def _named(relation: Relation, column: Values, source: Values, stretch: Stretch) -> Relation:
    """Say whether one later value will do, or later ones alone."""
    enough = 10 * relation.after + NOTHING_LEFT
    for lag in relation.lags:
        single = unexplained(column, source, stretch, past=[0 if lag else -1], future=[lag])
        if single is not None and single.both <= enough:
            return replace(relation, lags=(lag,), kind="future_value" if relation.certain else "too_good_predictor")
    alone = unexplained(column, source, stretch, past=[0], future=relation.lags)
    window = alone is not None and alone.both <= enough
    return replace(relation, kind="future_window" if window else "two_sided_filter")
