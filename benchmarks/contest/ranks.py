"""Who is better on many data sets: ranks, wins, and which differences are more than chance.

After Demšar (2006), "Statistical comparisons of classifiers over multiple data sets", JMLR 7, with Wilcoxon's
signed-rank test and Holm's correction for every pair, as Benavoli, Corani & Mangili (2016), JMLR 17, advise instead of
a test on mean ranks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.stats import rankdata, wilcoxon

LEVEL = 0.05


@dataclass(frozen=True)
class Duel:
    """Two classifiers on the same sets; `mean_difference` and `p_value` are of the first less the second.

    Attributes
    ----------
    first, second
        Their names.
    wins, draws, losses
        Of the first, in sets.
    mean_difference
        Mean of the differences.
    p_value
        Of Wilcoxon's test, both sides, before any correction; 1 where there is no difference at all.
    """

    first: str
    second: str
    wins: int
    draws: int
    losses: int
    mean_difference: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Ranking:
    """Classifiers in the order of their mean ranks (1 is best), and the groups that chance may have ordered.

    Attributes
    ----------
    names
        From the best mean rank to the worst.
    mean_ranks
        Their mean ranks over the sets; equals share the mean of their places.
    cliques
        First and last place of each group in which no pair differs beyond chance, groups of one left out.
    n_sets
        How many sets there were.
    """

    names: tuple[str, ...]
    mean_ranks: tuple[float, ...]
    cliques: tuple[tuple[int, int], ...]
    n_sets: int


def duel(first: str, second: str, first_scores: np.ndarray, second_scores: np.ndarray) -> Duel:
    """Compare two classifiers set by set; more is better."""
    difference = np.asarray(first_scores, dtype=np.float64) - np.asarray(second_scores, dtype=np.float64)
    difference[np.isclose(difference, 0, rtol=0, atol=1e-9)] = 0  # means over seeds may differ in the last digit
    return Duel(
        first,
        second,
        wins=int((difference > 0).sum()),
        draws=int((difference == 0).sum()),
        losses=int((difference < 0).sum()),
        mean_difference=float(difference.mean()),
        p_value=float(wilcoxon(difference).pvalue) if difference.any() else 1.0,
    )


def rank(names: Sequence[str], scores: np.ndarray, *, level: float = LEVEL) -> Ranking:
    """Rank classifiers by their scores, of shape (set, classifier); more is better."""
    scores = np.round(np.asarray(scores, dtype=np.float64), 9)
    mean_ranks = rankdata(-scores, axis=1).mean(axis=0)
    order = np.argsort(mean_ranks, kind="stable")
    pairs = list(combinations(range(len(order)), 2))
    duels = [duel("", "", scores[:, order[i]], scores[:, order[j]]) for i, j in pairs]
    differ = dict(zip(pairs, holm([one.p_value for one in duels], level=level), strict=True))
    return Ranking(
        names=tuple(names[i] for i in order),
        mean_ranks=tuple(float(mean_ranks[i]) for i in order),
        cliques=_cliques(len(order), differ),
        n_sets=len(scores),
    )


def holm(p_values: Sequence[float], *, level: float = LEVEL) -> list[bool]:
    """Say which hypotheses are rejected by Holm's procedure: the smallest first, until one is not."""
    rejected = [False] * len(p_values)
    for place, index in enumerate(np.argsort(p_values, kind="stable")):
        if p_values[index] > level / (len(p_values) - place):
            break
        rejected[index] = True
    return rejected


def _cliques(n: int, differ: dict[tuple[int, int], bool]) -> tuple[tuple[int, int], ...]:
    """Return the longest runs of neighbours in which no pair differs."""
    runs: list[tuple[int, int]] = []
    for first in range(n):
        last = first
        while last + 1 < n and not any(differ[i, last + 1] for i in range(first, last + 1)):
            last += 1
        if last > first and not (runs and runs[-1][1] >= last):
            runs.append((first, last))
    return tuple(runs)
