"""How many steps a window has, where the user does not say: one cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from attime.measures.autocorrelation import FALLBACK, STEPS, cycle_length

SHORTEST = 8
SHARE = 0.25  # of the longest series that a window may take


def find_window(series: Sequence[Float64[np.ndarray, "channel time"]]) -> int:
    """Return the steps after which the longest series repeats itself: the median over channels that change.

    See `attime.measures.autocorrelation.cycle_length`. It is 8 steps at least, and a quarter of the series at most.

    Examples
    --------
    >>> find_window([np.sin(2 * np.pi * np.arange(1000) / 24)[None]])
    24
    """
    longest = max(series, key=lambda values: values.shape[1])[:, :STEPS]
    lags = [cycle_length(values) for values in longest if len(np.unique(values[~np.isnan(values)])) > 1]
    lag = int(np.median(lags)) if lags else FALLBACK
    return min(max(lag, SHORTEST), max(int(SHARE * longest.shape[1]), 1))
