"""Where, far away, does a source act on a column? The two lags at which the response to it is largest."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float64

AROUND = 2  # neighbours of a lag that are looked at with it


def far_lags(
    column: Float64[np.ndarray, " time"], source: Float64[np.ndarray, " time"], *, beyond: int
) -> tuple[list[int], list[int]]:
    """Return lags of the past and of the future, at most a quarter of the series away, or two empty lists.

    The second difference of a moving average answers to the first difference of what is averaged at two lags only, the
    ends of the window, and a shifted copy at one. Their response is read from the quotient of the spectra.

    Examples
    --------
    >>> y = np.random.default_rng(0).normal(size=2000)
    >>> far_lags(np.roll(y, -150), y, beyond=100)[1]
    [148, 149, 150, 151, 152]
    """
    n, most = len(column), len(column) // 4
    if most <= beyond + AROUND:
        return [], []
    answer, cause = (_steady(np.diff(column, 2)), _steady(np.diff(source)[1:]))
    spectrum = np.fft.rfft(cause, 2 * n)
    power = np.abs(spectrum) ** 2
    response = np.abs(np.fft.irfft(np.fft.rfft(answer, 2 * n) * spectrum.conj() / (power + 0.01 * power.mean()), 2 * n))
    # Entry k is the answer k steps after the cause: the future of the source stands at the end.
    earlier = -(beyond + 1 + int(response[beyond + 1 : most - AROUND].argmax()))
    later = beyond + 1 + int(response[::-1][beyond : most - AROUND - 1].argmax())
    around = range(-AROUND, AROUND + 1)
    return [earlier + k for k in around], [later + k for k in around]


def _steady(values: Float64[np.ndarray, " step"]) -> Float64[np.ndarray, " step"]:
    """Put the mean where a value is missing."""
    known = np.isfinite(values)
    return np.where(known, values - values[known].mean(), 0.0) if known.any() else np.zeros(len(values))
