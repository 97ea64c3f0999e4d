"""How one column hangs on the future of another, as a sum of its values with any weights.

A column is accused if later values of a source explain what earlier ones leave open of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Int64

from attime.measures.leaks.explained import Lags, Unexplained, unexplained
from attime.measures.leaks.far import far_lags
from attime.measures.leaks.panel import Values

REACHES = (4, 12, 32, 100)  # steps to either side; short reaches serve short series and such with missing values
LEFT_EXACT, GAIN_EXACT = 1e-4, 0.99  # of a column that is a sum of values of the source: honest ones gain 0.87 at most
GAIN_NEWS, GAIN_NEWS_OTHERS = 0.95, 0.999  # of the news of a column: honest ones gain 0.8 at most
LEAST_GAIN = min(GAIN_EXACT, GAIN_NEWS, GAIN_NEWS_OTHERS)
CERTAIN = 1e-6
NOTHING_LEFT = 1e-9  # shares below are rounding: the past explains it all
Stretch = Int64[np.ndarray, " time"]


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


@dataclass(frozen=True, eq=False)
class Source:
    """What columns may hang on, with its lags, which serve for all of them.

    Attributes
    ----------
    name
        What it is called.
    values, stretch
        Of each time.
    known_ahead
        Whether the columns are known ahead, and so must not even know its present value.
    """

    name: str
    values: Values
    stretch: Stretch
    known_ahead: bool = False
    _found: dict[int, Lags] = field(default_factory=dict, repr=False)

    def explain(self, column: Values, reach: int) -> Unexplained | None:
        """Explain a column by what lies so many steps to either side, as far as there is a relation at all."""
        if reach not in self._found:
            past, future = self._split(reach)
            self._found[reach] = Lags.of(self.values, self.stretch, past=past, future=future)
        return self._found[reach].explain(column, gain=LEAST_GAIN)

    def near(self, column: Values, reach: int, gain_news: float) -> Relation | None:
        """Look to either side for how a column hangs on it."""
        return _relation(self.explain(column, reach), self.name, self._split(reach)[1], gain_news)

    def far(self, column: Values, gain_news: float) -> Relation | None:
        """Look far away, at the lags that are worth a try, if any."""
        past, future = far_lags(column, self.values, beyond=REACHES[-1])
        if not future:
            return None
        found = unexplained(column, self.values, self.stretch, past=[*past, -2, -1, 0], future=future)
        return _relation(found, self.name, future, gain_news)

    def _split(self, reach: int) -> tuple[list[int], list[int]]:
        now = int(self.known_ahead)
        return [*range(-reach, 1 - now)], [*range(1 - now, reach + 1)]


def of_target(column: Values, target: Source) -> Relation | None:
    """Return how a column hangs on later values of the target; None if it does not.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=400)
    >>> target = Source("y", y, np.zeros(400, np.int64))
    >>> of_target(np.roll(y, -2), target).lags
    (2,)
    >>> of_target(np.roll(y, 2), target) is None
    True
    """
    noisy = None
    for reach in (*REACHES, None):
        relation = target.far(column, GAIN_NEWS) if reach is None else target.near(column, reach, GAIN_NEWS)
        if relation is not None and (target.known_ahead or not _drives(column, target)):
            if relation.exact:
                return _named(relation, column, target)
            noisy = noisy or relation
    if noisy is not None and not noisy.certain:
        return replace(noisy, kind="too_good_predictor")
    return noisy


def of_other(column: Values, source: Source) -> Relation | None:
    """Return how a column hangs on a window around each time of another column; None if it does not.

    None as well if the other is an honest lag or past mean of this one. A window around each time cannot be undone from
    one side; a shift can, so that of two shifted copies neither is accused.
    """
    # Noise asks for a short reach, but relations of others must be exact, so that the longest possible will do.
    for reach in reversed(REACHES):
        found = source.explain(column, reach)
        if found is not None:
            break
    relation = _relation(found, source.name, range(1, reach + 1), GAIN_NEWS_OTHERS)
    relation = relation or source.far(column, GAIN_NEWS_OTHERS)
    return None if relation and made_of_past(source.values, column, source.stretch, reach=reach) else relation


def made_of_past(column: Values, source: Values, stretch: Stretch, *, reach: int = REACHES[-1]) -> bool:
    """Tell whether a column is a lag or a past mean of a source, or cannot be told from one for lack of rows."""
    found = unexplained(column, source, stretch, past=[*range(-reach, 1)], future=[1], own=1)
    return found is None or min(found.past, found.past_own) < CERTAIN


def _relation(found: Unexplained | None, name: str, future: Sequence[int], gain_news: float) -> Relation | None:
    """Compare what is left open without and with the future."""
    if found is None:
        return None
    if found.both < LEFT_EXACT and found.gain > GAIN_EXACT and found.past > NOTHING_LEFT:
        return Relation(name, tuple(future), found.past, found.both, exact=True)
    if found.gain_own > gain_news and found.past_own > NOTHING_LEFT:
        return Relation(name, tuple(future), found.past_own, found.both_own, exact=False)
    return None


def _drives(column: Values, target: Source) -> bool:
    """Tell whether the target has been computed from the column, its present value included: that is no leak."""
    found = unexplained(target.values, column, target.stretch, past=range(-4, 0), future=[0])
    return found is not None and found.both < NOTHING_LEFT and found.past > CERTAIN


def _named(relation: Relation, column: Values, of: Source) -> Relation:
    """Say whether one later value will do, or later ones alone."""
    source, stretch = of.values, of.stretch
    enough = 10 * relation.after + NOTHING_LEFT
    for lag in relation.lags:
        single = unexplained(column, source, stretch, past=[0 if lag else -1], future=[lag])
        if single is not None and single.both <= enough:
            return replace(relation, lags=(lag,), kind="future_value" if relation.certain else "too_good_predictor")
    alone = unexplained(column, source, stretch, past=[0], future=relation.lags)
    window = alone is not None and alone.both <= enough
    return replace(relation, kind="future_window" if window else "two_sided_filter")
