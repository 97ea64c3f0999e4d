"""How far off forecasts are: quantiles of the errors that were made lately, for each series and step ahead."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, Float64, Int

from attime.errors import LimitsWarning, OptionError
from attime.measures.forecasting import split_conformal

RECENT = 1000  # errors of each step ahead that limits are made of: enough for their tails, few enough to follow
ENOUGH = 100  # errors of one series from which it has limits of its own
MOST_NUMBERS = 2_000_000


@dataclass(frozen=True, eq=False)
class Limits:
    """What happened less what was forecast in windows that were not learnt from, in deviations of each series.

    Attributes
    ----------
    names
        The series.
    errors
        For each series the latest errors, in the order of time; NaN where it is not known what happened.
    """

    names: tuple[str, ...]
    errors: Float32[np.ndarray, "series window step"]
    _found: dict[tuple[str, ...], Float64[np.ndarray, "level step"]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, names: Sequence[str], owners: Int[np.ndarray, " window"], residuals: Float[np.ndarray, "window step"]
    ) -> Limits:
        """Keep the latest errors of each series; fewer of each where there are very many."""
        n_steps = residuals.shape[1]
        kept = max(ENOUGH, min(RECENT, MOST_NUMBERS // (n_steps * len(names))))
        own = [residuals[owners == number][-RECENT:] for number in range(len(names))]
        thin = [part[np.linspace(0, len(part) - 1, min(len(part), kept)).astype(int)] for part in own]
        errors = np.full((len(names), max(map(len, thin)), n_steps), np.nan, dtype=np.float32)
        for number, part in enumerate(thin):
            errors[number, errors.shape[1] - len(part) :] = part
        return cls(tuple(names), errors)

    def offsets(self, name: str, levels: Sequence[float]) -> Float64[np.ndarray, "level step"]:
        """Return the quantiles of the errors of a series; of all series, where it has too few of its own.

        Each is that of n + 1 errors, of which the one to come is the largest possible: split conformal prediction
        (Vovk, Gammerman & Shafer 2005), each side by itself. Levels for which there are too few errors get the largest.

        Examples
        --------
        >>> limits = Limits.of(["a"], np.zeros(201, dtype=int), np.arange(-100.0, 101.0)[:, np.newaxis])
        >>> limits.offsets("a", [0.1, 0.9]).tolist()
        [[-81.0], [81.0]]
        """
        key = (name if self._has_own(name) else "", *map(str, levels))
        if key not in self._found:  # what a forecast of one series would spend most of its time on
            self._found[key] = self._quantiles(self._of(name), levels)
        return self._found[key]

    def _quantiles(
        self, errors: Float32[np.ndarray, "window step"], levels: Sequence[float]
    ) -> Float64[np.ndarray, "level step"]:
        _tell_of_few(int((~np.isnan(errors)).sum(axis=0).max(initial=0)), levels)
        increasing, places = np.unique(levels, return_inverse=True)
        found = split_conformal(errors, increasing, symmetric=False)[:, places].T
        known = np.where(np.isnan(errors).all(axis=0), 0.0, errors)
        return _around_zero(np.clip(found, np.nanmin(known, axis=0), np.nanmax(known, axis=0)), levels)

    def followed(
        self,
        name: str,
        residuals: Float[np.ndarray, "origin step"],
        origins: Int[np.ndarray, " origin"],
        levels: Sequence[float],
    ) -> Float64[np.ndarray, "level origin step"]:
        """Return the quantiles as they were known at each origin: those of the latest errors, as more become known.

        The error of the s-th step ahead is known at the first origin that lies s steps later.
        """
        first = self._of(name)[-RECENT:]
        every = pd.DataFrame(np.vstack([first, residuals]))
        steps = np.arange(residuals.shape[1])
        known = np.array([np.searchsorted(origins, origin - steps - 1, side="right") for origin in origins])
        rows = len(first) + known - 1
        found = []
        for level in levels:
            window = every.rolling(RECENT, min_periods=1)
            quantiles = window.quantile(_share(level, len(first))).to_numpy()
            found.append(np.nan_to_num(quantiles[np.maximum(rows, 0), steps]))
        return _around_zero(np.array(found).reshape(len(levels), *residuals.shape), levels)

    def whole(self, name: str) -> Float64[np.ndarray, "window step"]:
        """Return the errors of a series in windows that are wholly known; one without errors if there is none."""
        errors = self._of(name)
        errors = errors[~np.isnan(errors).any(axis=1)].astype(np.float64)
        return errors if len(errors) else np.zeros((1, errors.shape[1]))

    def _has_own(self, name: str) -> bool:
        """Whether a series has enough errors of its own."""
        if name not in self.names:
            return False
        own = self.errors[self.names.index(name)]
        return bool((~np.isnan(own)).any(axis=1).sum() >= ENOUGH)

    def _of(self, name: str) -> Float32[np.ndarray, "window step"]:
        if self._has_own(name):
            return self.errors[self.names.index(name)]
        together = self.errors.swapaxes(0, 1).reshape(-1, self.errors.shape[2])
        return together[~np.isnan(together).all(axis=1)]


def _tell_of_few(n: int, levels: Sequence[float]) -> None:
    """Warn where the rank (n + 1) · level of a limit lies beyond the largest of n errors."""
    highest = max(*levels, 1 - min(levels))
    needed = math.ceil(round(highest / (1 - highest), 6))
    if n < needed:
        warnings.warn(
            f"limits of {100 * (2 * highest - 1):g} % need {needed} errors of steps held out, and there are {n}: the "
            "largest of these is taken, and they may hold less than they promise; give longer series, a larger "
            "validation_share=, or a lower coverage=",
            LimitsWarning,
            stacklevel=2,
        )


def _share(level: float, n: int) -> float:
    """Return the share of n errors at which the one of rank (n + 1) · level lies, rounded to the safer side."""
    if n < 2:
        return float(level >= 0.5)
    rank = np.ceil((n + 1) * level) if level >= 0.5 else np.floor((n + 1) * level)
    return float(np.clip((rank - 1) / (n - 1), 0, 1))


def _around_zero(
    offsets: Float64[np.ndarray, level * more], levels: Sequence[float]
) -> Float64[np.ndarray, level * more]:
    """Return limits that lie below and above the forecast itself, whatever few errors say."""
    upper = (np.asarray(levels) >= 0.5).reshape(-1, *(1 for _ in offsets.shape[1:]))
    return np.where(upper, np.maximum(offsets, 0), np.minimum(offsets, 0))


def levels_of(coverage: Sequence[float]) -> list[float]:
    """Return the levels of the lower limits and then those of the upper ones.

    Raises
    ------
    OptionError
        If there is none, one comes twice, or one does not lie between 0 and 1.

    Examples
    --------
    >>> levels_of((0.8,))
    [0.1, 0.9]
    """
    if (
        not isinstance(coverage, Sequence)
        or not len(coverage)
        or len(set(coverage)) < len(coverage)
        or not all(0 < share < 1 for share in coverage)
    ):
        raise OptionError(
            f"coverage={coverage!r} arrived, expected probabilities between 0 and 1, each once, such as (0.8, 0.95)"
        )
    return [round((1 + sign * share) / 2, 9) for sign in (-1, 1) for share in coverage]
