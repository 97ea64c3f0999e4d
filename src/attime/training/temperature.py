"""Temperature scaling: one number that makes logits as sure as they are right, found on cases not learnt from.

    p = softmax(z / T),        T = argmin Σ_i [ −log p_i(true class) + (m/n) · mean_c −log p_i(c) ]

Guo et al. (2017), "On calibration of modern neural networks", ICML, https://arxiv.org/abs/1706.04599, minimise the
first term alone. If all n held-out cases are told rightly, it has no minimum: the sharper, the better. The second term
is ours: m pseudo-cases (a third of one), made of the cases at hand with a class drawn by lot. So n right answers out of
n never come to mean that no answer can be wrong, and with many cases the term does not matter. It is label smoothing
by m / (n + m).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import brentq
from scipy.special import softmax

from attime.errors import DataError

PSEUDO_CASES = 0.3  # fewer: worse where 10 to 30 cases are seldom told rightly; more: where they nearly always are
WIDEST = 1e6  # how much colder or hotter than the logits' own spread a temperature may be


def fit_temperature(
    logits: Float[np.ndarray, "case class"],
    targets: Int[np.ndarray, " case"],
    weights: Float[np.ndarray, " case"] | None = None,
) -> float:
    """Return the temperature by which logits are to be divided, above 0: over 1 if they are too sure of themselves.

    The predicted classes stay what they are, and evidence divided by it still adds up. Logits that are all alike get 1;
    those that point away from the true classes get the hottest temperature there is, so that all classes come out
    equally probable.

    Parameters
    ----------
    logits
        Of cases that the network was not fitted on; a constant added to those of a case makes no difference.
    targets
        The number of its true class for each case.
    weights
        How much each case counts, relative to their mean; the same if not given.

    Raises
    ------
    DataError
        If there are no cases, numbers that are not finite, or targets that are no classes.

    Examples
    --------
    Right in three of four cases, and equally sure each time, can only mean that it is true with some .73:

    >>> logits = np.array([[9.0, 0.0], [9.0, 0.0], [0.0, 9.0], [0.0, 9.0]])
    >>> temperature = fit_temperature(logits, np.array([0, 0, 1, 0]))
    >>> softmax(logits / temperature, axis=1)[0].round(2)
    array([0.73, 0.27])
    """
    _check(logits, targets)
    n_cases = len(logits)
    centred = logits.astype(np.float64) - logits.mean(axis=1, keepdims=True, dtype=np.float64)
    spread = float(np.abs(centred).mean())
    if spread == 0.0:
        return 1.0
    centred /= spread
    counts = np.ones(n_cases) if weights is None else weights / weights.mean()
    # The mean over the classes is 0, so the pseudo-cases add nothing to what the targets ask for but their own weight.
    wanted = float(counts @ centred[np.arange(n_cases), targets]) * n_cases / (n_cases + PSEUDO_CASES)

    def slope(log_sharpness: float) -> float:
        """Return the derivative of the loss by the sharpness 1 / T: it never falls, so it has one zero at most."""
        return float(counts @ (softmax(np.exp(log_sharpness) * centred, axis=1) * centred).sum(axis=1)) - wanted

    dull, sharp = -np.log(WIDEST), np.log(WIDEST)
    if slope(dull) >= 0:
        found = dull
    elif slope(sharp) <= 0:
        found = sharp
    else:
        found = brentq(slope, dull, sharp)
    return spread * float(np.exp(-found))


def _check(logits: np.ndarray, targets: np.ndarray) -> None:
    if not len(logits) or len(logits) != len(targets):
        raise DataError(
            f"logits of {len(logits)} cases and {len(targets)} targets arrived, expected as many of either and one at "
            "least; hold out some cases"
        )
    if not np.isfinite(logits).all():
        case = int(np.flatnonzero(~np.isfinite(logits).all(axis=1))[0])
        raise DataError(
            f"the logits of case {case} are {logits[case]}, expected finite numbers; see how training ended"
        )
    if targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise DataError(
            f"targets from {targets.min()} to {targets.max()} arrived with logits of {logits.shape[1]} classes; give "
            "the number of the class of each case, from 0"
        )
