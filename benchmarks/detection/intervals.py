"""How sure a mean over files is: percentiles of means over files that are drawn anew."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

DRAWS = 10_000


def interval(values: Float64[np.ndarray, " file"], *, seed: int = 0) -> tuple[float, float]:
    """Return the limits that hold the mean in 95 of 100 draws.

    >>> interval(np.array([0.5, 0.5]))
    (0.5, 0.5)
    """
    numbers = np.random.default_rng(seed).integers(len(values), size=(DRAWS, len(values)))
    low, high = np.quantile(values[numbers].mean(1), [0.025, 0.975])
    return float(low), float(high)
