"""How much of a column do past values of another explain, and how much more do its future ones?

    c_t = Σ_{k in past} a_k s_{t+k} (+ Σ_{j=1..3} b_j c_{t−j}) + what the past leaves open,

once without and once with s_{t+k}, k in the future. Each share is measured on blocks of time that were not fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float64, Int64

N_BLOCKS = 4
MOST_ROWS = 3000  # evenly picked: an exact relation shows in fewer
LEAST = 1e-15  # share that counts as something
RIDGE = 1e-12  # relative to the variance of a standardised regressor: the lags of a smooth series nearly coincide


@dataclass(frozen=True)
class Unexplained:
    """Shares of the variance of a column that are left open, out of sample.

    Attributes
    ----------
    past, both
        By values of the source up to now, and by those and future ones.
    past_own, both_own
        The same, when past values of the column itself help.

    Where a gain was asked for that is not reached, `both` and `both_own` are only known to be so large that it is not.
    """

    past: float
    both: float
    past_own: float
    both_own: float

    @property
    def gain(self) -> float:
        """Share of what the past leaves open that the future explains."""
        return 1 - self.both / max(self.past, LEAST)

    @property
    def gain_own(self) -> float:
        """The same, of the news of the column: of what its own past leaves open as well."""
        return 1 - self.both_own / max(self.past_own, LEAST)


@dataclass(frozen=True, eq=False)
class Lags:
    """Values of a source around many times, by which any number of columns can be explained.

    Attributes
    ----------
    now
        The times: no window around one reaches across two stretches, or holds a missing value.
    values
        Of the source at each time, lag by lag, those of the past first.
    n_past
        How many lags are of the past.
    own
        How many past values of a column help.
    """

    now: Int64[np.ndarray, " row"]
    values: Float64[np.ndarray, "row lag"]
    n_past: int
    own: int

    @classmethod
    def of(
        cls,
        source: Float64[np.ndarray, " time"],
        stretch: Int64[np.ndarray, " time"],
        *,
        past: Sequence[int],
        future: Sequence[int],
        own: int = 3,
    ) -> Lags:
        """Find the times, evenly picked if there are many."""
        lags = np.array([*past, *future])
        back, ahead = max(own, -lags.min()), max(0, lags.max())
        now = np.arange(back, len(source) - ahead)
        now = now[stretch[now - back] == stretch[now + ahead]]
        now = now[:: max(1, -(-len(now) // MOST_ROWS))]
        values = source[now[:, None] + lags]
        complete = np.isfinite(values).all(axis=1)
        return cls(now[complete], values[complete], len(past), own)

    def explain(self, column: Float64[np.ndarray, " time"], *, gain: float = -np.inf) -> Unexplained | None:
        """Regress a column on the lags, by least squares on three of four blocks of time, each left out in turn.

        Where it has a missing value, times are left out; None if too few remain. Once it is clear that the future gains
        less than `gain`, the rest of the work, which is most of it, is spared.
        """
        fewest = 3 * (self.values.shape[1] + self.own) + 20
        if len(self.now) < fewest:
            return None
        table = column[self.now[:, None] - np.arange(self.own + 1)]
        complete = np.isfinite(table).all(axis=1)
        if not complete.all():
            return replace(self, now=self.now[complete], values=self.values[complete]).explain(column, gain=gain)
        if np.ptp(table[:, 0]) == 0:
            return None
        blocks = np.array_split(_standardised(table), N_BLOCKS)
        n_own, n_past = self.own + 1, self.own + 2 + self.n_past
        grams = np.empty((N_BLOCKS, *(n_own + len(self._grams[0]),) * 2))
        grams[:, n_own:, n_own:] = self._grams
        for gram, block, lags in zip(grams, blocks, self._blocks, strict=True):
            gram[:n_own, :n_own] = block.T @ block
            gram[:n_own, n_own:] = block.T @ lags
            gram[n_own:, :n_own] = gram[:n_own, n_own:].T
        past, past_own = (_left(grams, first, n_past) for first in (n_own, 1))
        both, both_own = (
            _left(grams, first, None, most=(1 - gain) * max(before, LEAST))
            for first, before in ((n_own, past), (1, past_own))
        )
        return Unexplained(past, both, past_own, both_own)

    @cached_property
    def _blocks(self) -> list[Float64[np.ndarray, "row entry"]]:
        """Ones and the standardised lags, block by block."""
        return np.array_split(np.insert(_standardised(self.values), 0, 1.0, axis=1), N_BLOCKS)

    @cached_property
    def _grams(self) -> Float64[np.ndarray, "block entry entry"]:
        return np.stack([block.T @ block for block in self._blocks])


def unexplained(
    column: Float64[np.ndarray, " time"],
    source: Float64[np.ndarray, " time"],
    stretch: Int64[np.ndarray, " time"],
    *,
    past: Sequence[int],
    future: Sequence[int],
    own: int = 3,
) -> Unexplained | None:
    """Explain one column by lags of a source; see `Lags.explain`.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=300)
    >>> one_stretch = np.zeros(300, np.int64)
    >>> found = unexplained(np.roll(y, -1), y, one_stretch, past=[-1, 0], future=[1, 2])
    >>> round(found.past_own, 1), round(found.both_own, 1), round(found.gain_own, 3)
    (1.0, 0.0, 1.000)
    """
    return Lags.of(source, stretch, past=past, future=future, own=own).explain(column)


def _standardised(table: Float64[np.ndarray, "row entry"]) -> Float64[np.ndarray, "row entry"]:
    spread = table.std(axis=0)
    return (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)


def _left(
    grams: Float64[np.ndarray, "block entry entry"], first: int, end: int | None, *, most: float = np.inf
) -> float:
    """Share of the squares of entry 0 that these entries leave in the blocks they were not fitted to.

    Beyond `most` no more blocks are looked at.
    """
    by, total, left = slice(first, end), grams.sum(axis=0), 0.0
    ridge = RIDGE * total[0, 0] * np.eye(len(total[by]))
    for gram in grams:
        fitted = total - gram
        weights = np.linalg.solve(fitted[by, by] + ridge, fitted[by, 0])
        rest = gram[by, 0] - gram[by, by] @ weights
        left += max(0.0, float(gram[0, 0] - weights @ gram[by, 0] - weights @ rest))
        if left > most * total[0, 0]:
            break
    return left / float(total[0, 0])
