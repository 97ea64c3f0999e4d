"""Which cases a report shows when there are too many: every kind of answer, and above all the wrong ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Int

from attime.data.split import generator_of


def choose_cases(
    true: Int[np.ndarray, " case"] | None,
    predicted: Int[np.ndarray, " case"],
    at_most: int,
    *,
    always: Sequence[int] | Int[np.ndarray, " some"] = (),
    random_state: int = 0,
) -> Int[np.ndarray, " chosen"]:
    """Choose cases from every cell of the confusion matrix, in rising order.

    Up to half of the places go to wrong answers, for they teach most; the right ones get the rest. Within both, every
    cell has the same number of places, and a cell that cannot fill its places leaves them to the others. So what is
    chosen shows what occurs, not how often.

    Parameters
    ----------
    true
        Number of the true class of each case; None if nobody knows it: every predicted class then is a cell.
    predicted
        Number of the predicted class of each case.
    at_most
        How many cases to choose.
    always
        Numbers of cases that are chosen in any case, no more than `at_most`; they count as places of their cells.
    random_state
        Seed of the draw within a cell: equal seeds choose equal cases.

    Examples
    --------
    >>> true = np.array([0] * 500 + [1] * 500)
    >>> predicted = np.where(np.arange(1000) % 100 == 0, 1 - true, true)
    >>> chosen = choose_cases(true, predicted, 30)
    >>> len(chosen), int(np.sum(true[chosen] != predicted[chosen]))
    (30, 10)
    """
    n_cases = len(predicted)
    if n_cases <= at_most:
        return np.arange(n_cases)
    wrong = np.zeros(n_cases, dtype=bool) if true is None else true != predicted
    cell = predicted if true is None else true * (int(predicted.max()) + 1) + predicted
    first = np.zeros(n_cases, dtype=bool)
    first[np.asarray(always, dtype=np.int64)] = True
    # More than half only where the right answers would not fill the other half.
    n_wrong = min(int(wrong.sum()), max((at_most + 1) // 2, at_most - int((~wrong).sum())))
    n_wrong = max(int((first & wrong).sum()), min(n_wrong, at_most - int((first & ~wrong).sum())))
    rng = generator_of(random_state)
    parts = [
        _from_each_cell(np.flatnonzero(group), first, cell, places, rng)
        for group, places in ((wrong, n_wrong), (~wrong, at_most - n_wrong))
    ]
    return np.sort(np.concatenate(parts))


def _from_each_cell(
    cases: Int[np.ndarray, " case"],
    first: Bool[np.ndarray, " every"],
    cell: Int[np.ndarray, " every"],
    places: int,
    rng: np.random.Generator,
) -> Int[np.ndarray, " chosen"]:
    """Draw a case from each cell in turn until the places are filled: cells that run out are passed over."""
    shuffled = rng.permutation(cases)
    shuffled = shuffled[np.argsort(~first[shuffled], kind="stable")]
    turn = np.empty(len(shuffled), dtype=np.int64)
    for number in np.unique(cell[cases]):
        here = cell[shuffled] == number
        turn[here] = np.arange(here.sum())
    turn[first[shuffled]] = -1
    return shuffled[np.argsort(turn, kind="stable")[:places]]
