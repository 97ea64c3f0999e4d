"""How many steps a window has, where the user does not say: one cycle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from scipy.signal import argrelmax

from attime.measures.autocorrelation import autocorrelation

SMALLEST_LAG, LAGS = 3, 400
SHORTEST_CYCLE, LONGEST_CYCLE = 6, 303
WITHOUT_CYCLE = 125  # steps, where nothing repeats itself
SHORTEST = 8
SHARE = 0.25  # of the longest series that a window may take
MOST_STEPS = 20_000


def find_window(series: Sequence[Float64[np.ndarray, "channel time"]]) -> int:
    """Return the lag at which the series resemble themselves most, or 125 steps where they do not.

    It is the highest local maximum of the autocorrelation, the mean over channels that change, from 6 to 303 steps:
    for one channel the rule of TSB-AD (Liu & Paparrizos 2024). A window is a quarter of the longest series at most.

    Examples
    --------
    >>> find_window([np.sin(2 * np.pi * np.arange(1000) / 24)[None]])
    24
    """
    longest = max(series, key=lambda values: values.shape[1])[:, :MOST_STEPS]
    most = max(int(SHARE * longest.shape[1]), 1)
    found = [correlation for values in longest if len(correlation := autocorrelation(values, LAGS))]
    lag = WITHOUT_CYCLE
    if found:
        mean = np.mean(found, axis=0)
        peaks = argrelmax(mean[SMALLEST_LAG:])[0] + SMALLEST_LAG
        highest = int(peaks[np.argmax(mean[peaks])]) if len(peaks) else 0
        lag = highest if SHORTEST_CYCLE <= highest <= LONGEST_CYCLE else WITHOUT_CYCLE
    return min(max(lag, SHORTEST), most)
