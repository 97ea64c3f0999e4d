"""Relevance as a ranking of the steps: are the highest ones true?

Equal relevance is no order, and is not taken for one: what a measure would be on average, if equal steps were put in an
order by lot, is known exactly and needs no draws.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from attime.errors import DataError


def ndcg_at_n(
    relevance: Float[np.ndarray, "case time"],
    truth: Bool[np.ndarray, "case time"],
    *,
    present: Bool[np.ndarray, "case time"] | None = None,
) -> Float[np.ndarray, " case"]:
    """Normalised discounted cumulative gain of the n highest steps, where n is the number of true ones.

    NDCG@n = Σ_{i<n} rel_i / log₂(i + 2) over the same sum with all rel_i = 1, where rel_i is 1 if the step in place i
    is true. With ties rel_i is the share of true steps among those that are equal: the expectation over all orders.

    Every case with a true step counts, also one whose steps are all true; it has 1 whatever the relevance. So does the
    published protocol, where a class in which nothing is planted has a full mask; `measure_localisation` leaves such
    cases out. A random order reaches n / (number of present steps) on average: each place holds a true step with that
    probability.

    Parameters
    ----------
    relevance
        One number for each case and step, high = relevant. The published protocol takes the relevance for the true
        class: ``explain(…, target="true")``.
    truth
        True where a step is known to matter.
    present
        False where a step is padding or must not count for another reason; all steps by default.

    Returns
    -------
    Array of shape (case,), NaN for cases without a true step.

    Raises
    ------
    DataError
        If the shapes differ, or if relevance of a present step is not finite.

    References
    ----------
    Järvelin & Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20. As a measure of
    explanations: Early et al. (2024), ICLR, https://arxiv.org/abs/2311.10049.

    Examples
    --------
    >>> relevance = np.array([[0.9, 0.8, 0.1, 0.0], [1.0, 1.0, 1.0, 1.0]])
    >>> truth = np.array([[True, False, True, False], [True, False, True, False]])
    >>> ndcg_at_n(relevance, truth).round(3)
    array([0.613, 0.5  ])
    """
    present = np.ones_like(truth) if present is None else present
    check_ranking(relevance, truth, present)
    truth = truth & present
    relevance = np.where(present, relevance.astype(np.float64), -np.inf)
    order = np.argsort(-relevance, axis=1)
    hits = np.take_along_axis(truth, order, axis=1)
    return discounted_gain(np.take_along_axis(relevance, order, axis=1), hits, truth.sum(axis=1))


def discounted_gain(
    ordered: Float[np.ndarray, "case time"], hits: Bool[np.ndarray, "case time"], n_true: Int[np.ndarray, " case"]
) -> Float[np.ndarray, " case"]:
    """Return NDCG@n from relevance in falling order and whether each step is true; NaN where n is 0."""
    end = shared_rank(ordered)
    places = np.arange(ordered.shape[1])
    begins_tie = np.append(np.ones((len(ordered), 1), dtype=bool), end[:, 1:] != end[:, :-1], axis=1)
    begin = np.maximum.accumulate(np.where(begins_tie, places, 0), axis=1)
    before = np.append(np.zeros((len(hits), 1), dtype=np.int64), np.cumsum(hits, axis=1), axis=1)
    true_in_tie = np.take_along_axis(before, end, axis=1) - np.take_along_axis(before, begin, axis=1)
    discount = (places < n_true[:, np.newaxis]) / np.log2(places + 2)
    best = discount.sum(axis=1)
    gain = (true_in_tie / (end - begin) * discount).sum(axis=1)
    return np.divide(gain, best, out=np.full(len(best), np.nan), where=n_true > 0)


def shared_rank(ordered: Float[np.ndarray, "case time"]) -> Int[np.ndarray, "case time"]:
    """Number of steps at least as relevant as each one, for rows in falling order: equal steps share the last rank.

    Examples
    --------
    >>> shared_rank(np.array([[3.0, 2.0, 2.0, 1.0]]))
    array([[1, 3, 3, 4]])
    """
    n_steps = ordered.shape[1]
    ends_tie = np.append(ordered[:, 1:] != ordered[:, :-1], np.ones((len(ordered), 1), dtype=bool), axis=1)
    last = np.where(ends_tie, np.arange(n_steps), n_steps)
    return np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1] + 1


def check_ranking(relevance: np.ndarray, truth: np.ndarray, present: np.ndarray) -> None:
    """Refuse what cannot be compared.

    Raises
    ------
    DataError
        If the shapes differ, masks are not bool, or relevance of a present step is not finite.
    """
    if relevance.ndim != 2 or not relevance.shape == truth.shape == present.shape:
        raise DataError(
            f"relevance {relevance.shape}, truth {truth.shape} and present {present.shape} must share one shape "
            "(case, time); sum relevance over channels first if it has any"
        )
    if truth.dtype != np.bool_ or present.dtype != np.bool_:
        raise DataError(f"truth is {truth.dtype} and present is {present.dtype}, expected bool; convert with == 1")
    wrong = np.flatnonzero((present & ~np.isfinite(relevance)).any(axis=1))
    if len(wrong):
        raise DataError(
            f"relevance of {len(wrong)} cases (first: case {wrong[0]}) is NaN or infinite at present steps; "
            "mark padding with present=False"
        )
