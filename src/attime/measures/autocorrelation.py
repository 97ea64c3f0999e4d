"""The autocorrelation of a series, by a fast Fourier transform."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64, Real


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
