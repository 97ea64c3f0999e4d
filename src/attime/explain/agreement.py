"""Do several explanations say the same? Between methods, or between networks that differ by their seed alone.

Explanations that disagree cannot all be right; ones that agree may still all be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int
from scipy.stats import rankdata

from attime.data.split import generator_of
from attime.errors import DataError, OptionError
from attime.explain.arguments import number
from attime.explain.explanation import Explanation
from attime.explain.orders import count, places


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far explanations of the same series agree, pair by pair.

    Attributes
    ----------
    names
        Of the explanations, in the order of the matrices.
    cases
        Indices of the cases that count: those in which all explain the same class.
    correlation_by_case
        Spearman's rank correlation over the present steps; on average 0 for a random order.
    overlap_by_case
        Share of the highest steps of one that are among the highest of the other.
    chance_overlap
        What a random order reaches on average in each case, exactly.
    """

    names: tuple[str, ...]
    cases: Int[np.ndarray, " case"]
    correlation_by_case: Float[np.ndarray, "explanation explanation case"]
    overlap_by_case: Float[np.ndarray, "explanation explanation case"]
    chance_overlap: Float[np.ndarray, " case"]

    @property
    def correlation(self) -> Float[np.ndarray, "explanation explanation"]:
        """Mean rank correlation over cases."""
        return self.correlation_by_case.mean(axis=2)

    @property
    def overlap(self) -> Float[np.ndarray, "explanation explanation"]:
        """Mean overlap over cases."""
        return self.overlap_by_case.mean(axis=2)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each pair, with the value of a random order beside each number."""
        rows = [
            {
                "one": self.names[one],
                "other": self.names[other],
                "correlation": float(self.correlation[one, other]),
                "chance_correlation": 0.0,
                "overlap": float(self.overlap[one, other]),
                "chance_overlap": float(self.chance_overlap.mean()),
            }
            for one in range(len(self.names))
            for other in range(one + 1, len(self.names))
        ]
        return pd.DataFrame(rows)


def agreement(
    explanations: Mapping[str, Explanation] | Sequence[Explanation],
    *,
    share: float = 0.1,
    random_state: int | None = 0,
) -> Agreement:
    """Measure how far explanations of the same series agree on the order of the steps.

    Parameters
    ----------
    explanations
        Two at least, by name, or in a row; then each is called by its method, numbered where methods repeat.
    share
        Which share of the steps of each case counts as its highest; one step at least.
    random_state
        Seed by which steps of equal relevance are ordered; None for a new one each time.

    Raises
    ------
    OptionError
        If there are fewer than two, or the share is not between 0 and 1.
    DataError
        If they are not about the same steps, or explain the same class in none of the cases.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> from attime.explain import explain
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> found = agreement([explain(clf, series[:5]), explain(clf, series[:5], method="random")])
    >>> found.names, found.correlation.shape, found.chance_overlap.tolist()
    (('evidence', 'random'), (2, 2), [0.1, 0.1, 0.1, 0.1, 0.1])
    """
    named = (
        dict(explanations)
        if isinstance(explanations, Mapping)
        else dict(zip(numbered([part.method for part in explanations]), explanations, strict=True))
    )
    share = number("share", share, low=0, high=1, above_low=True)
    if len(named) < 2:
        raise OptionError(f"{len(named)} arrived, expected two explanations at least; give another to compare")
    parts = list(named.values())
    cases = comparable(parts)
    parts = [part[cases] for part in parts]
    present = parts[0].present
    rng = generator_of(random_state)
    n_present = present.sum(axis=1)
    k = count(share, n_present)
    highest = [places(part.by_step, present, rng) < k[:, np.newaxis] for part in parts]
    shape = (len(parts), len(parts), len(cases))
    correlation, overlap = np.ones(shape), np.ones(shape)
    for one in range(len(parts)):
        for other in range(one):
            found = rank_correlation(parts[one].by_step, parts[other].by_step, present)
            correlation[one, other] = correlation[other, one] = found
            overlap[one, other] = overlap[other, one] = (highest[one] & highest[other]).sum(axis=1) / k
    return Agreement(tuple(named), cases, correlation, overlap, k / n_present)


def rank_correlation(
    one: Float[np.ndarray, "case time"], other: Float[np.ndarray, "case time"], present: Bool[np.ndarray, "case time"]
) -> Float[np.ndarray, " case"]:
    """Return Spearman's rank correlation over the present steps of each case.

    Where one of the two is the same at every step it has no order to agree with: 0. Where both are, they say the same:
    1.

    Examples
    --------
    >>> one, other = np.array([[1.0, 2.0, 9.0, 0.0]]), np.array([[1.0, 5.0, 6.0, 7.0]])
    >>> rank_correlation(one, other, np.array([[True, True, True, False]]))
    array([1.])
    """
    centred = []
    for values in (one, other):
        rank = rankdata(np.where(present, values, np.nan), axis=1, nan_policy="omit")
        middle = (present.sum(axis=1, keepdims=True) + 1) / 2
        centred.append(np.where(present, rank - middle, 0.0))
    spread = [(part**2).sum(axis=1) for part in centred]
    both = np.sqrt(spread[0] * spread[1])
    silent = (spread[0] == 0) & (spread[1] == 0)
    return np.divide((centred[0] * centred[1]).sum(axis=1), both, out=silent.astype(np.float64), where=both > 0)


def numbered(names: Sequence[str]) -> list[str]:
    """Return names of which those that occur more than once are numbered.

    Examples
    --------
    >>> numbered(["evidence", "occlusion", "occlusion"])
    ['evidence', 'occlusion 1', 'occlusion 2']
    """
    return [
        name if names.count(name) == 1 else f"{name} {list(names[: number + 1]).count(name)}"
        for number, name in enumerate(names)
    ]


def comparable(parts: Sequence[Explanation]) -> Int[np.ndarray, " case"]:
    """Return the cases in which all explain the same class."""
    first = parts[0]
    for part in parts[1:]:
        if not np.array_equal(part.series.values, first.series.values, equal_nan=True):
            raise DataError(
                f"explanations of {first.series!r} and of {part.series!r} arrived, which do not hold the same values; "
                "explain the same series"
            )
    same = np.all([part.target == first.target for part in parts], axis=0)
    if not same.any():
        raise DataError(
            f"in none of the {len(first)} cases do all explain the same class; explain with target='true', or name a "
            "class"
        )
    return np.flatnonzero(same)
