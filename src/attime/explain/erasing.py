"""What a curve says in one number for each case: AOPCR, comprehensiveness, sufficiency.

Each takes a `Curve`; what a random order reaches is the same function of ``curve.random``.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from attime.errors import OptionError
from attime.explain.curve import Curve

ERASER_SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)


def aopcr(curve: Curve) -> Float[np.ndarray, " case"]:
    """Area over the perturbation curve to random: how much sooner the logit falls than along random orders.

    AOPC = Σ_{k=1..K} (F_0 − F_k) / (K + 1), where F_k is the logit of the explained class after the k-th share; AOPCR
    is AOPC minus the mean of the same over the random orders. The published protocol explains the predicted class and
    deletes 5, 10, … 50 % of the steps (K = 10) along three random orders: the defaults of `explain` and
    `deletion_curve`. It differs from ours for series of fewer than 20 steps only, of which it may delete none.

    Logits have no scale of their own: AOPCR compares explanations of one network, or with a grain of salt of networks
    trained alike. `aopcr_probability` has a scale.

    Parameters
    ----------
    curve
        From `deletion_curve`.

    Raises
    ------
    OptionError
        If it is an insertion curve.

    References
    ----------
    Early et al. (2024), "Inherently interpretable time series classification via multiple instance learning", ICLR,
    https://arxiv.org/abs/2311.10049.

    Examples
    --------
    >>> falling, level = np.array([[3.0, 1.0, 0.5]]), np.array([[3.0, 2.0, 1.0]])
    >>> curve = Curve(
    ...     "deletion", "evidence", "delete", np.array([0.0, 0.1, 0.2]), falling, falling / 3, level, level / 3,
    ...     falling[:, 0], falling[:, 0] / 3, 1,
    ... )
    >>> aopcr(curve)
    array([0.5])
    """
    _expect("deletion", curve)
    # F_0 is the same on both sides, and at k = 0 nothing is left of the difference: a mean over K + 1 points.
    return (curve.random_logits - curve.logits).mean(axis=1)


def aopcr_probability(curve: Curve) -> Float[np.ndarray, " case"]:
    """AOPCR with the probability of the explained class in place of its logit: between −1 and 1 for any network.

    Raises
    ------
    OptionError
        If it is an insertion curve.

    Examples
    --------
    >>> falling, level = np.array([[3.0, 1.0, 0.5]]), np.array([[3.0, 2.0, 1.0]])
    >>> curve = Curve(
    ...     "deletion", "evidence", "delete", np.array([0.0, 0.1, 0.2]), falling, falling / 3, level, level / 3,
    ...     falling[:, 0], falling[:, 0] / 3, 1,
    ... )
    >>> aopcr_probability(curve).round(3)
    array([0.167])
    """
    _expect("deletion", curve)
    return (curve.random_probabilities - curve.probabilities).mean(axis=1)


def comprehensiveness(curve: Curve) -> Float[np.ndarray, " case"]:
    """How far the probability falls without the most relevant steps: the mean of p − p(without them) over the shares.

    High where the named steps are all that the prediction rests on. The published shares are `ERASER_SHARES`.

    Raises
    ------
    OptionError
        If it is an insertion curve.

    References
    ----------
    DeYoung et al. (2020), "ERASER: a benchmark to evaluate rationalized NLP models", ACL,
    https://arxiv.org/abs/1911.03429.

    Examples
    --------
    >>> p, level = np.array([[0.9, 0.5, 0.1]]), np.array([[0.9, 0.8, 0.7]])
    >>> curve = Curve(
    ...     "deletion", "evidence", "mean", np.array([0.0, 0.1, 0.2]), p, p, level, level, p[:, 0], p[:, 0], 1
    ... )
    >>> comprehensiveness(curve), comprehensiveness(curve.random)
    (array([0.6]), array([0.15]))
    """
    _expect("deletion", curve)
    return _mean_lack(curve)


def sufficiency(curve: Curve) -> Float[np.ndarray, " case"]:
    """How much probability the most relevant steps alone lack: the mean of p − p(them alone) over the shares.

    Low, or even negative, where the named steps suffice for the prediction. The published shares are `ERASER_SHARES`.

    Raises
    ------
    OptionError
        If it is a deletion curve.

    References
    ----------
    DeYoung et al. (2020), "ERASER: a benchmark to evaluate rationalized NLP models", ACL,
    https://arxiv.org/abs/1911.03429.

    Examples
    --------
    >>> p, level = np.array([[0.5, 0.8, 0.9]]), np.array([[0.5, 0.5, 0.6]])
    >>> curve = Curve(
    ...     "insertion", "evidence", "mean", np.array([0.0, 0.1, 0.2]), p, p, level, level, p[:, 2], p[:, 2], 1
    ... )
    >>> sufficiency(curve), sufficiency(curve.random)
    (array([0.05]), array([0.35]))
    """
    _expect("insertion", curve)
    return _mean_lack(curve)


def _mean_lack(curve: Curve) -> Float[np.ndarray, " case"]:
    """Return what the probability lacks of that of the whole series, the mean over the shares."""
    return (curve.whole_probabilities[:, np.newaxis] - curve.probabilities[:, 1:]).mean(axis=1)


def _expect(kind: str, curve: Curve) -> None:
    if curve.kind != kind:
        raise OptionError(f"a curve of kind {curve.kind!r} arrived, expected {kind!r}; make it with {kind}_curve")
