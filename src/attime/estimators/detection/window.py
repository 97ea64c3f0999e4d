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
    """Return the lag at which the longest series resembles itself most: the median over channels that change.

    Of each channel it is the highest local maximum of the autocorrelation, from 6 to 303 steps, or 125 where there is
    none: the rule of TSB-AD (Liu & Paparrizos 2024). A window is a quarter of the series at most.

    Examples
    --------
    >>> find_window([np.sin(2 * np.pi * np.arange(1000) / 24)[None]])
    24
    """
    longest = max(series, key=lambda values: values.shape[1])[:, :MOST_STEPS]
    lags = [_lag(correlation) for values in longest if len(correlation := autocorrelation(values, LAGS))]
    lag = int(np.median(lags)) if lags else WITHOUT_CYCLE
    return min(max(lag, SHORTEST), max(int(SHARE * longest.shape[1]), 1))


def _lag(correlation: Float64[np.ndarray, " lag"]) -> int:
    peaks = argrelmax(correlation[SMALLEST_LAG:])[0] + SMALLEST_LAG
    highest = int(peaks[np.argmax(correlation[peaks])]) if len(peaks) else 0
    return highest if SHORTEST_CYCLE <= highest <= LONGEST_CYCLE else WITHOUT_CYCLE
