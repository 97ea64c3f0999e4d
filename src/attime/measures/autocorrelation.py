"""The autocorrelation of a series, by a fast Fourier transform, and the lag at which it repeats itself."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Real
from scipy.signal import argrelmax

LAGS, STEPS = 400, 20_000  # how far is looked, and how much of the series is looked at
SMALLEST_LAG = 3
SHORTEST, LONGEST = 6, 303  # lags that are believed
FALLBACK = 125  # steps, where no lag stands out


def autocorrelation(series: Real[np.ndarray, " time"], n_lags: int) -> Float64[np.ndarray, " lag"]:
    """Return the autocorrelation at lags from 0 to `n_lags`, each sum divided by that of lag 0; empty for a constant.

    A missing value (NaN) counts as the mean.

    Examples
    --------
    >>> autocorrelation(np.array([1.0, -1.0, 1.0, -1.0]), 2)
    array([ 1.  , -0.75,  0.5 ])
    """
    there = np.isfinite(series)
    centred = np.where(there, series - (series[there].mean() if there.any() else 0.0), 0.0)
    n_fast = 2 ** int(np.ceil(np.log2(2 * len(centred) + 1)))
    spectrum = np.fft.rfft(centred, n_fast)
    covariance = np.fft.irfft(spectrum * spectrum.conj(), n_fast)[: min(n_lags + 1, len(centred))]
    return covariance / covariance[0] if covariance[0] > 0 else np.empty(0)


def cycle_length(series: Real[np.ndarray, " time"]) -> int:
    """Return the lag of the highest local maximum of the autocorrelation; 125 if none is found from 6 to 303 steps.

    The rule of TSB-AD (Liu & Paparrizos 2024, "The elephant in the room", NeurIPS), from the code that goes with it:
    lags from 3 to 400 of the first 20,000 steps. A missing value counts as the mean.

    Examples
    --------
    >>> cycle_length(np.sin(2 * np.pi * np.arange(1000) / 24)), cycle_length(np.zeros(1000))
    (24, 125)
    """
    correlation = autocorrelation(series[:STEPS], LAGS)
    peaks = argrelmax(correlation[SMALLEST_LAG:])[0] + SMALLEST_LAG
    if len(peaks) == 0:
        return FALLBACK
    lag = int(peaks[np.argsort(correlation[peaks])[-1]])  # of equal maxima the last, as their code has it
    return lag if SHORTEST <= lag <= LONGEST else FALLBACK
