"""How much of a column do past values of another explain, and how much more do its future ones?

    c_t = Σ_{k in past} a_k s_{t+k} (+ Σ_{j=1..3} b_j c_{t−j}) + what the past leaves open,

once without and once with s_{t+k}, k in the future. Each share is measured on blocks of time that were not fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

N_BLOCKS = 4
MOST_ROWS = 3000  # evenly picked: an exact relation shows in fewer
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
    """

    past: float
    both: float
    past_own: float
    both_own: float

    @property
    def gain(self) -> float:
        """Share of what the past leaves open that the future explains."""
        return 1 - self.both / max(self.past, 1e-15)

    @property
    def gain_own(self) -> float:
        """The same, of the news of the column: of what its own past leaves open as well."""
        return 1 - self.both_own / max(self.past_own, 1e-15)


def unexplained(
    column: Float64[np.ndarray, " time"],
    source: Float64[np.ndarray, " time"],
    stretch: Int64[np.ndarray, " time"],
    *,
    past: Sequence[int],
    future: Sequence[int],
    own: int = 3,
) -> Unexplained | None:
    """Regress a column on lags of a source, by least squares on three of four blocks of time, each left out in turn.

    Windows across two stretches, or with a missing value, are left out; None if too few remain.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=300)
    >>> one_stretch = np.zeros(300, np.int64)
    >>> found = unexplained(np.roll(y, -1), y, one_stretch, past=[-1, 0], future=[1, 2])
    >>> round(found.past_own, 1), round(found.both_own, 1), round(found.gain_own, 3)
    (1.0, 0.0, 1.000)
    """
    lags = np.array([*past, *future])
    back, ahead = max(own, -lags.min()), max(0, lags.max())
    now = np.arange(back, len(column) - ahead)
    now = now[stretch[now - back] == stretch[now + ahead]]
    now = now[:: max(1, -(-len(now) // MOST_ROWS))]
    if len(now) < 3 * (len(lags) + own) + 20:
        return None
    table = np.column_stack([column[now[:, None] - np.arange(own + 1)], source[now[:, None] + lags]])
    table = table[np.isfinite(table).all(axis=1)]
    if len(table) < 3 * (len(lags) + own) + 20 or np.ptp(table[:, 0]) == 0:
        return None
    spread = table.std(axis=0)
    table = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)
    table = np.column_stack([table, np.ones(len(table))])
    grams = np.stack([block.T @ block for block in np.array_split(table, N_BLOCKS)])
    constant, n_past = table.shape[1] - 1, own + 1 + len(past)
    of_column, of_past, of_both = range(1, own + 1), range(own + 1, n_past), range(own + 1, constant)
    return Unexplained(
        past=_left(grams, [*of_past, constant]),
        both=_left(grams, [*of_both, constant]),
        past_own=_left(grams, [*of_column, *of_past, constant]),
        both_own=_left(grams, [*of_column, *of_both, constant]),
    )


def _left(grams: Float64[np.ndarray, "block entry entry"], by: Sequence[int]) -> float:
    """Share of the squares of entry 0 that the entries `by` leave in the blocks they were not fitted to."""
    total, left = grams.sum(axis=0), 0.0
    for gram in grams:
        fitted = total - gram
        weights = np.linalg.solve(fitted[np.ix_(by, by)] + RIDGE * total[0, 0] * np.eye(len(by)), fitted[by, 0])
        row = np.concatenate([[1.0], -weights])
        left += max(0.0, float(row @ gram[np.ix_([0, *by], [0, *by])] @ row))
    return left / float(total[0, 0])
