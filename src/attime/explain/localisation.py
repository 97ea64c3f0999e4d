"""Localisation: does the relevance lie on the steps that are known to matter, and would a random order do as well?

Every number stands beside its chance value: what the same relevance reaches on average in a random order of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from attime.errors import DataError
from attime.explain.random_order import expected_average_precision, expected_iou
from attime.explain.ranking import check_ranking, discounted_gain, shared_rank


@dataclass(frozen=True)
class LocalisationSummary:
    """Means over the cases of a `Localisation`; each number has the one of a random order beside it."""

    n_cases: int
    mass: float
    average_precision: float
    pointing: float
    iou: float
    ndcg: float
    chance_mass: float
    chance_average_precision: float
    chance_pointing: float
    chance_iou: float
    chance_ndcg: float


@dataclass(frozen=True, eq=False)
class Localisation:
    """How well relevance points at the true steps, case by case; all five measures run from 0 to 1 (best).

    Attributes
    ----------
    cases
        Indices of the measured cases: those whose truth is neither empty nor full, shape (kept,).
    mass
        Share of the positive relevance that lies on true steps (relevance mass accuracy, Arras et al. 2022).
    average_precision
        Of relevance as a ranking of the steps; equal values share a rank, as in scikit-learn.
    pointing
        1 if the highest step is a true one, else 0 (pointing game, Zhang et al. 2018); the mean over ties.
    iou
        Intersection over union of the true steps with those of at least half of the highest relevance.
    ndcg
        Normalised discounted cumulative gain of as many steps as are true (NDCG@n, see `ndcg_at_n`), the expectation
        over ties. Published values may count cases whose truth is full as 1, which are left out here.
    chance_mass, chance_average_precision, chance_pointing, chance_iou, chance_ndcg
        What the case's own relevance values would reach on average if their order in time were random.
        These are exact expectations, not draws.
    """

    cases: Int[np.ndarray, " kept"]
    mass: Float[np.ndarray, " kept"]
    average_precision: Float[np.ndarray, " kept"]
    pointing: Float[np.ndarray, " kept"]
    iou: Float[np.ndarray, " kept"]
    ndcg: Float[np.ndarray, " kept"]
    chance_mass: Float[np.ndarray, " kept"]
    chance_average_precision: Float[np.ndarray, " kept"]
    chance_pointing: Float[np.ndarray, " kept"]
    chance_iou: Float[np.ndarray, " kept"]
    chance_ndcg: Float[np.ndarray, " kept"]

    def mean(self) -> LocalisationSummary:
        """Average every measure over the cases.

        Examples
        --------
        >>> relevance = np.array([[0.0, 3.0, 1.0, 0.0], [2.0, 0.0, 0.0, 0.0]])
        >>> truth = np.array([[False, True, True, False], [False, False, True, True]])
        >>> measure_localisation(relevance, truth).mean().pointing
        0.5
        """
        return LocalisationSummary(
            n_cases=len(self.cases),
            mass=float(self.mass.mean()),
            average_precision=float(self.average_precision.mean()),
            pointing=float(self.pointing.mean()),
            iou=float(self.iou.mean()),
            ndcg=float(self.ndcg.mean()),
            chance_mass=float(self.chance_mass.mean()),
            chance_average_precision=float(self.chance_average_precision.mean()),
            chance_pointing=float(self.chance_pointing.mean()),
            chance_iou=float(self.chance_iou.mean()),
            chance_ndcg=float(self.chance_ndcg.mean()),
        )


def measure_localisation(
    relevance: Float[np.ndarray, "case time"],
    truth: Bool[np.ndarray, "case time"],
    *,
    present: Bool[np.ndarray, "case time"] | None = None,
) -> Localisation:
    """Measure how well `relevance` points at the true steps.

    A case without positive relevance says nothing: its mass and its iou are 0, and so are those of its random order.

    Parameters
    ----------
    relevance
        One number for each case and step, high = relevant: attention weights or the evidence for one class.
        Negative relevance counts as 0 in `mass` and `iou` and ranks below 0 in `average_precision` and `ndcg`.
    truth
        True where a step is known to matter.
    present
        False where a step is padding or must not count for another reason; all steps by default.

    Raises
    ------
    DataError
        If the shapes differ, if relevance of a present step is not finite, or if no case has both true and other steps.

    References
    ----------
    Arras, Osman & Samek (2022), "CLEVR-XAI", Information Fusion 81. Zhang et al. (2018), "Top-down neural attention
    by excitation backprop", IJCV 126.

    Examples
    --------
    >>> relevance = np.array([[0.1, 0.6, 0.2, 0.1]])
    >>> truth = np.array([[False, True, True, False]])
    >>> found = measure_localisation(relevance, truth)
    >>> found.mass, found.average_precision, found.pointing, found.iou
    (array([0.8]), array([1.]), array([1.]), array([0.5]))
    >>> found.chance_pointing
    array([0.5])
    """
    present = np.ones_like(truth) if present is None else present
    check_ranking(relevance, truth, present)
    truth = truth & present
    n_true, n_present = truth.sum(axis=1), present.sum(axis=1)
    cases = np.flatnonzero((n_true > 0) & (n_true < n_present))
    if len(cases) == 0:
        raise DataError(
            f"none of the {len(truth)} cases has both true steps and others, so nothing can be localised; "
            "pass a truth that marks some but not all present steps of at least one case"
        )
    truth, n_true, n_present = truth[cases], n_true[cases], n_present[cases]
    # Absent steps get −∞: they rank last, are never the highest and have no positive part.
    relevance = np.where(present[cases], relevance[cases].astype(np.float64), -np.inf)

    share_true = n_true / n_present
    peak = relevance.max(axis=1, keepdims=True)
    says_something = peak[:, 0] > 0
    # Divided by the peak, because the sum of very large or very small numbers would leave the range of floats.
    positive = np.maximum(relevance, 0.0) / np.where(peak > 0, peak, 1.0)
    highlighted = (positive >= 0.5) & says_something[:, None]
    overlap, union = (highlighted & truth).sum(axis=1), (highlighted | truth).sum(axis=1)
    highest = relevance == peak

    order = np.argsort(-relevance, axis=1)
    hits, ordered = np.take_along_axis(truth, order, axis=1), np.take_along_axis(relevance, order, axis=1)
    rank = shared_rank(ordered)
    precision = np.take_along_axis(np.cumsum(hits, axis=1), rank - 1, axis=1) / rank
    return Localisation(
        cases=cases,
        mass=(positive * truth).sum(axis=1) / np.where(says_something, positive.sum(axis=1), 1.0),
        average_precision=(precision * hits).sum(axis=1) / n_true,
        pointing=(highest & truth).sum(axis=1) / highest.sum(axis=1),
        iou=overlap / union,
        ndcg=discounted_gain(ordered, hits, n_true),
        chance_mass=share_true * says_something,
        chance_average_precision=expected_average_precision(rank, n_true, n_present),
        chance_pointing=share_true,
        chance_iou=expected_iou(highlighted.sum(axis=1), n_true, n_present),
        chance_ndcg=share_true,
    )
