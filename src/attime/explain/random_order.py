"""The random order: what relevance would score if its values were put on the steps of their case by lot.

A measure of localisation means little alone, since a true part that covers half of the series is easy to hit. Over all
orders of the same values the expectation is known exactly, so that no draws are needed; only the number of steps, of
true steps, and the ties among the values enter.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int


def expected_average_precision(
    rank: Int[np.ndarray, "case time"], n_true: Int[np.ndarray, " case"], n_present: Int[np.ndarray, " case"]
) -> Float[np.ndarray, " case"]:
    """Return E[AP] = 1/n · Σ_steps (1 + (rank − 1)(n_true − 1)/(n − 1)) / rank.

    A step is true with probability n_true / n; given that, so is each of the rank − 1 steps at or above it with
    (n_true − 1) / (n − 1). Without ties this is Bestgen's formula.

    Parameters
    ----------
    rank
        Number of steps at least as relevant as each one, in falling order of relevance; present steps come first.
    n_true, n_present
        Number of true and of present steps n ≥ 2 of each case.

    References
    ----------
    Bestgen (2015), "Exact expected average precision of the random baseline for system evaluation", Prague Bulletin of
    Mathematical Linguistics 103.

    Examples
    --------
    One true step among two is found at rank 1 or at rank 2, with a precision of 1 or ½:

    >>> expected_average_precision(np.array([[1, 2]]), np.array([1]), np.array([2]))
    array([0.75])
    """
    others_true = ((n_true - 1) / (n_present - 1))[:, None]
    present = np.arange(rank.shape[1]) < n_present[:, None]
    precision: Float[np.ndarray, "case time"] = (1 + (rank - 1) * others_true) / rank
    expected: Float[np.ndarray, " case"] = np.sum(precision * present, axis=1) / n_present
    return expected


def expected_iou(
    n_highlighted: Int[np.ndarray, " case"], n_true: Int[np.ndarray, " case"], n_present: Int[np.ndarray, " case"]
) -> Float[np.ndarray, " case"]:
    """Return E[IoU] = Σ_i p(i) · i / (n_true + n_highlighted − i), where the overlap i is hypergeometric.

    Parameters
    ----------
    n_highlighted, n_true, n_present
        Number of highlighted, of true and of present steps of each case.

    Examples
    --------
    One highlighted step among two is the true one, or it is not:

    >>> expected_iou(np.array([1]), np.array([1]), np.array([2]))
    array([0.5])
    """
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n_present.max() + 1)))])

    def log_choose(n: int, k: Int[np.ndarray, " overlap"]) -> Float[np.ndarray, " overlap"]:
        return np.asarray(log_factorial[n] - log_factorial[k] - log_factorial[n - k])

    # Case by case, for a matrix (case, overlap) would not fit in memory for long series; equal sizes only once.
    sizes, inverse = np.unique(np.stack([n_highlighted, n_true, n_present]), axis=1, return_inverse=True)
    expected = np.empty(sizes.shape[1])
    for index, (lit, true, n) in enumerate(sizes.T.tolist()):
        overlap = np.arange(max(0, true + lit - n), min(true, lit) + 1)
        log_p = log_choose(true, overlap) + log_choose(n - true, lit - overlap)
        p = np.exp(log_p - log_p.max())
        expected[index] = np.sum(p / p.sum() * overlap / (true + lit - overlap))
    return expected[inverse]
