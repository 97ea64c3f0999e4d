"""One scale for all channels, learnt from the training part, and words where a channel has left it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float64

from attime.errors import DataWarning
from attime.estimators.detection.scoring import Values

ROUNDING = 1e-13  # share of its level below which what a channel does is rounding
FARTHEST = 1e6  # deviations, beyond which sums would lose what is small
FAR = 10.0  # widths of its range in training from which a channel is on another level


@dataclass(frozen=True, eq=False)
class ChannelScale:
    """Mean and deviation of every channel, and what range it had.

    A channel that never changed has its level as the unit, or 1 if that is zero.

    Attributes
    ----------
    mean, deviation, lowest, highest
        Of shape (channel,), in the unit of the channel.
    """

    mean: Float64[np.ndarray, " channel"]
    deviation: Float64[np.ndarray, " channel"]
    lowest: Float64[np.ndarray, " channel"]
    highest: Float64[np.ndarray, " channel"]

    @classmethod
    def fit(cls, series: Sequence[Values]) -> Self:
        """Learn from series; NaN is left out, and a channel without a value counts as zero."""
        every = np.concatenate(series, axis=1)
        every = np.where(np.isnan(every).all(1, keepdims=True), 0.0, every)
        mean, deviation = np.nanmean(every, axis=1), np.nanstd(every, axis=1)
        level = np.where(mean == 0, 1.0, np.abs(mean))
        deviation = np.where(deviation <= ROUNDING * level, level, deviation)
        return cls(mean, deviation, np.nanmin(every, axis=1), np.nanmax(every, axis=1))

    def transform(self, values: Values) -> Values:
        """Bring a series to mean 0 and deviation 1 of the training part, `FARTHEST` deviations out at most."""
        with np.errstate(over="ignore"):
            return np.clip((values - self.mean[:, None]) / self.deviation[:, None], -FARTHEST, FARTHEST)

    def inverse_transform(self, values: Values) -> Values:
        """Bring a series back to the units of its channels."""
        return values * self.deviation[:, None] + self.mean[:, None]

    @property
    def constant(self) -> bool:
        """Whether no channel ever changed."""
        return bool((self.lowest == self.highest).all())

    def warn_of_jumps(self, values: Values, channels: Sequence[str]) -> None:
        """Say in words if a channel lies far from all that training knew: perhaps its unit has changed."""
        for number, row in enumerate(values):
            known = row[~np.isnan(row)]
            low, high = self.lowest[number], self.highest[number]
            if not len(known) or low == high:
                continue
            middle = float(np.median(known))
            if max(low - middle, middle - high) > FAR * (high - low):
                times = f", about {middle / self.mean[number]:.3g} times its mean" if self.mean[number] else ""
                warnings.warn(
                    f"channel {channels[number]!r} lies around {middle:.4g}, in training it lay between {low:.4g} and "
                    f"{high:.4g}{times}; look whether its unit has changed, and fit again if it is to stay so",
                    DataWarning,
                    stacklevel=5,
                )


def without_glitches(series: Sequence[Values], channels: Sequence[str]) -> list[Values]:
    """Return the series with NaN in place of values that are `FAR` widths outside of where 98 % of the channel lies.

    One such value in the training part would stretch the scale until no fault is seen.
    """
    every = np.concatenate(series, axis=1)
    found = [values.copy() for values in series]
    for number, row in enumerate(every):
        known = row[~np.isnan(row)]
        low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 0.0)
        reach = FAR * (high - low)
        n_far = int(((known < low - reach) | (known > high + reach)).sum()) if reach > 0 else 0
        if n_far:
            warnings.warn(
                f"{n_far} values of channel {channels[number]!r} lie far outside of the others ({low:.4g} to "
                f"{high:.4g}) and are not learnt from; if they are normal, transform the channel, for instance by its "
                "logarithm",
                DataWarning,
                stacklevel=5,
            )
            for values in found:
                values[number, (values[number] < low - reach) | (values[number] > high + reach)] = np.nan
    return found
