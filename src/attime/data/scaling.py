"""Scaling: the same pattern should look the same, whatever the unit in which it was measured.

Either every case is its own yardstick (`scale_by_case`), or the training cases are the yardstick for all
(`TrainingScale`), which keeps differences in level between cases. Sums run in float64, results are float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float, Float32, Float64

from attime.errors import DataError

SPACINGS = 4  # so many spacings between neighbouring numbers may be rounding


def scale_by_case(values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case channel time"]:
    """Give every series of every case mean 0 and standard deviation 1.

    Missing values (NaN) are left out of the sums and stay missing. A series that is constant becomes 0; so does one
    whose deviation is about the spacing of numbers of its size, since that cannot be told from rounding.

    Parameters
    ----------
    values
        Series of shape (case, channel, time).

    Returns
    -------
    array of float32
        Of the same shape, without a unit.

    Examples
    --------
    >>> import numpy as np
    >>> scale_by_case(np.array([[[1.0, 3.0, np.nan]], [[7.0, 7.0, 7.0]]])).tolist()
    [[[-1.0, 1.0, nan]], [[0.0, 0.0, 0.0]]]
    """
    mean, deviation, constant = _moments(values, axis=2)
    return np.where(constant & ~np.isnan(values), 0.0, (values - mean) / deviation).astype(np.float32)


@dataclass(frozen=True, eq=False)
class TrainingScale:
    """Mean and standard deviation of every channel, learnt from training cases and applied to any case.

    Parameters
    ----------
    mean, deviation
        Of shape (channel,), in the unit of the channel. The deviation of a constant channel is set to 1.

    Examples
    --------
    >>> import numpy as np
    >>> scale = TrainingScale.fit(np.array([[[0.0, 2.0]], [[4.0, np.nan]]]))
    >>> scale.mean.tolist()
    [2.0]
    >>> scale.apply(np.array([[[2.0, np.nan]]])).tolist()
    [[[0.0, nan]]]
    """

    mean: Float64[np.ndarray, " channel"]
    deviation: Float64[np.ndarray, " channel"]

    @classmethod
    def fit(cls, values: Float[np.ndarray, "case channel time"]) -> Self:
        """Measure mean and deviation of every channel over all cases and steps; NaN is left out."""
        return cls.fit_blocks([values])

    @classmethod
    def fit_blocks(cls, blocks: Iterable[Float[np.ndarray, "_ channel time"]]) -> Self:
        """Do as `fit` with cases that come in blocks; it does not matter into which they are divided.

        What is summed over are sums of cases, with Σ (x − x̄)² = Σ_i [Σ_t (x_it − x̄_i)² + n_i (x̄_i − x̄)²].
        """
        sums = [_sums_of_cases(block) for block in blocks]
        count, mean, squares, size = (np.concatenate(part) for part in zip(*sums, strict=True))
        n_observed = np.maximum(count.sum(axis=0), 1)
        whole = (count * mean).sum(axis=0) / n_observed
        deviation = np.sqrt((squares + count * np.square(mean - whole)).sum(axis=0) / n_observed)
        constant = deviation <= size.max(axis=0)  # in what may be rounding
        return cls(whole, np.where(constant, 1.0, deviation))

    def apply(self, values: Float[np.ndarray, "case channel time"]) -> Float32[np.ndarray, "case channel time"]:
        """Return `values` less the mean, in units of the deviation; NaN stays NaN.

        Raises
        ------
        DataError
            If `values` has another number of channels than the training cases.
        """
        if values.shape[1] != len(self.mean):
            raise DataError(
                f"series of {values.shape[1]} channels arrived, expected {len(self.mean)} as in training; "
                "pass the same channels in the same order"
            )
        return np.asarray((values - self.mean[:, None]) / self.deviation[:, None], dtype=np.float32)


def _moments(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean, the deviation (1 where constant) and where it is constant, with the summed axes kept."""
    observed = ~np.isnan(values)
    count = np.maximum(observed.sum(axis=axis, keepdims=True), 1)
    mean = np.sum(values, axis=axis, keepdims=True, where=observed, dtype=np.float64) / count
    squares = np.square(values - mean)
    deviation = np.sqrt(np.sum(squares, axis=axis, keepdims=True, where=observed) / count)
    size = np.max(np.abs(values), axis=axis, keepdims=True, where=observed, initial=0.0)
    constant = deviation <= SPACINGS * np.finfo(values.dtype).eps * size
    return mean, np.where(constant, 1.0, deviation), constant


def _sums_of_cases(values: Float[np.ndarray, "case channel time"]) -> tuple[Float64[np.ndarray, "case channel"], ...]:
    """Return of each case: what was observed, its mean, its squared distances, and what of it may be rounding."""
    values = np.ascontiguousarray(values)  # in another order, numpy would add in another order
    observed = ~np.isnan(values)
    count = observed.sum(axis=2).astype(np.float64)
    mean = np.sum(values, axis=2, where=observed, dtype=np.float64) / np.maximum(count, 1)
    squares = np.sum(np.square(values - mean[:, :, np.newaxis]), axis=2, where=observed)
    size = np.max(np.abs(values), axis=2, where=observed, initial=0.0)
    return count, mean, squares, (SPACINGS * np.finfo(values.dtype).eps * size).astype(np.float64)
