"""What chance does to probabilities that are exactly right: answers made right or wrong by lot, each with its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from attime.data.split import generator_of
from attime.evaluate.binning import place_of

N_DRAWS = 400


@dataclass(frozen=True, eq=False)
class ByLot:
    """What each draw gives.

    Attributes
    ----------
    error
        The expected calibration error.
    excess
        By how much the confidence is above the accuracy, the mean over cases.
    """

    error: Float[np.ndarray, " draw"]
    excess: Float[np.ndarray, " draw"]


def if_they_were_right(confidence: Float[np.ndarray, " case"], n_bins: int, *, random_state: int | None = 0) -> ByLot:
    """Draw whether each answer is right, with the probability that it states, many times over.

    Examples
    --------
    >>> few, many = (float(if_they_were_right(np.full(n_cases, 0.8), 15).error.mean()) for n_cases in (20, 2000))
    >>> round(few, 2), round(many, 2)
    (0.07, 0.01)
    """
    rng = generator_of(random_state)
    place = place_of(confidence, n_bins)
    of_bin = np.empty((N_DRAWS, n_bins))
    for draw in range(N_DRAWS):
        right = rng.random(len(confidence)) < confidence
        of_bin[draw] = np.bincount(place, weights=confidence - right, minlength=n_bins)
    of_bin /= len(confidence)
    return ByLot(error=np.abs(of_bin).sum(axis=1), excess=of_bin.sum(axis=1))
