"""The length at which a series repeats itself: the lag of the highest local maximum of its autocorrelation."""

from __future__ import annotations

import numpy as np
from jaxtyping import Real

from attime.errors import DataError
from attime.measures.autocorrelation import cycle_length


def reference_length(series: Real[np.ndarray, " time"]) -> int:
    """Find the length of the longest buffer of `vus_pr` and `vus_roc` from the series, as TSB-AD does.

    Parameters
    ----------
    series
        One channel without missing values. Its first 20,000 steps are looked at. Of several channels TSB-AD looks at
        the first alone.

    Returns
    -------
    int
        The lag, from 6 to 303, where the autocorrelation of lags 3 to 400 has its highest local maximum; 125 if there
        is none, if the highest lies elsewhere, or if the series is constant.

    Raises
    ------
    DataError
        If there is more than one channel, or not a finite number at each step.

    References
    ----------
    Liu & Paparrizos (2024), "The elephant in the room: towards a reliable time-series anomaly detection benchmark",
    NeurIPS: the rule and its limits, from the code that goes with the paper.

    Examples
    --------
    >>> reference_length(np.sin(2 * np.pi * np.arange(1000) / 24))
    24
    >>> reference_length(np.zeros(1000))
    125
    """
    series = np.asarray(series, dtype=np.float64)
    if series.ndim != 1 or len(series) == 0:
        raise DataError(
            f"a series of shape {series.shape} arrived, expected (time,); pass one channel, such as x[:, 0]"
        )
    if not np.isfinite(series).all():
        raise DataError(
            f"{np.sum(~np.isfinite(series))} of {len(series)} steps are not finite, expected numbers; fill the gaps, "
            "or give the length yourself"
        )
    return cycle_length(series)
