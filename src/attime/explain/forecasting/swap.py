"""`Swap`: forecasts of windows in which something was replaced by what it was in other windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int
from scipy.special import stdtrit
from torch import Tensor

from attime.estimators.forecasting.held_out import HeldOut
from attime.explain.intervals import LEVEL
from attime.measures.forecasting import diebold_mariano
from attime.nn.forecasting.linear import last_observed
from attime.training import run
from attime.training.cases import Batches


@dataclass(frozen=True, eq=False)
class Inputs(Batches):
    """What a network is called with, window by window."""

    parts: tuple[Tensor, ...]

    def __len__(self) -> int:
        return len(self.parts[0])

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """Values, what was observed, and what is known ahead if anything is."""
        return self.parts

    @property
    def targets(self) -> Any:
        """Nothing is learnt from these."""
        raise NotImplementedError

    def take(self, which: slice | Tensor, device: torch.device) -> Inputs:
        """Return some of the windows, on a device."""
        return replace(self, parts=tuple(part[which].to(device) for part in self.parts))


@dataclass(frozen=True, eq=False)
class Swap:
    """Forecasts after something was replaced, and how much worse they are.

    Attributes
    ----------
    asked
        The network and its windows.
    others
        For each repetition the window that replaces each, of the same series if it has another one.
    others_of_all
        The same of any series, for what does not change within one.
    base
        Mean absolute error of each window as it is, in the unit of its series.
    """

    asked: HeldOut
    others: Int[np.ndarray, "repeat window"]
    others_of_all: Int[np.ndarray, "repeat window"]
    base: Float64[np.ndarray, " window"]

    @classmethod
    def of(cls, asked: HeldOut, n_repeats: int, rng: np.random.Generator) -> Swap:
        """Draw which windows replace which."""
        owners = asked.windows.owners.numpy()
        forecast = asked.backtest.forecast
        return cls(
            asked,
            np.array([_others(owners, rng) for _ in range(n_repeats)]),
            np.array([_others(np.zeros_like(owners), rng) for _ in range(n_repeats)]),
            _error(asked.backtest.actual - forecast.values),
        )

    def rises(self, name: str, steps: slice, *, ahead: bool = True) -> Float64[np.ndarray, " window"]:
        """Return by how much the error of each window rises where some steps of a name, and what is ahead, change."""
        rows = torch.from_numpy(self.asked.rows[name])
        forecast, actual = self.asked.backtest.forecast, self.asked.backtest.actual
        found = []
        for others in self.others_of_all if name == self.asked.static else self.others:
            changed = Inputs(self._replaced(rows, torch.from_numpy(others), steps, ahead=ahead))
            scaled = torch.cat([output.prediction.cpu() for output in run(self.asked.module, changed)]).double().numpy()
            values = scaled * forecast.deviation[:, None] + forecast.mean[:, None]
            found.append(_error(actual - values) - self.base)
        return np.mean(found, axis=0)

    def mean(self, rises: Float64[np.ndarray, " window"]) -> tuple[float, float, float, float]:
        """Return the mean over origins, its 95 % interval, and how often chance makes as much.

        The variance is that of the test of Diebold and Mariano, which knows of windows that overlap and of series
        that are measured at the same time.
        """
        horizon, origins = self.asked.windows.horizon, self.asked.backtest.origins
        test = diebold_mariano(rises, np.zeros_like(rises), horizon=horizon, origins=origins)
        mean = test.mean_difference
        if not np.isfinite(test.statistic):
            return mean, -np.inf, np.inf, test.p_value
        apart = 1 + (horizon - 1) // int(np.diff(np.unique(origins)).min(initial=horizon))
        freedom = max(1.0, test.n_origins / apart - 1)
        half = abs(mean / test.statistic) * stdtrit(freedom, (1 + LEVEL) / 2) if test.statistic else 0.0
        return mean, mean - half, mean + half, test.p_value

    def _replaced(
        self, rows: Int[Tensor, " row"], others: Int[Tensor, " window"], steps: slice, *, ahead: bool
    ) -> tuple[Tensor, ...]:
        values, observed, *known = (part.clone() for part in self.asked.windows.inputs)
        other_values, other_observed = values[others][:, rows], observed[others][:, rows]
        if 0 in rows:
            other_values = other_values - _last(values, observed)[others] + _last(values, observed)
            other_values = torch.where(other_observed, other_values, 0)
        values[:, rows, steps], observed[:, rows, steps] = other_values[..., steps], other_observed[..., steps]
        first_ahead = values.shape[1] - self.asked.windows.n_ahead
        if ahead and known and int(rows[0]) >= first_ahead:
            known[0][:, rows - first_ahead] = known[0][others][:, rows - first_ahead]
        return values, observed, *known


def _others(owners: Int[np.ndarray, " window"], rng: np.random.Generator) -> Int[np.ndarray, " window"]:
    """Return for each window another one with the same owner: that which comes so many after it, round and round.

    The only one of its owner gets any other.
    """
    others = np.empty(len(owners), dtype=np.int64)
    for owner in np.unique(owners):
        own = np.flatnonzero(owners == owner)
        if len(own) > 1:
            others[own] = np.roll(own, int(rng.integers(1, len(own))))
        else:
            others[own] = (own + rng.integers(1, len(owners))) % len(owners)
    return others


def _last(
    values: Float[Tensor, "window feature time"], observed: Bool[Tensor, "window feature time"]
) -> Float[Tensor, "window 1 1"]:
    return last_observed(values[:, 0], observed[:, 0]).unsqueeze(2)


def _error(differences: Float64[np.ndarray, "window step"]) -> Float64[np.ndarray, " window"]:
    """Return the mean absolute error of each window; NaN where nothing is known of what happened."""
    n_known = np.sum(~np.isnan(differences), axis=1)
    return np.nansum(np.abs(differences), axis=1) / np.where(n_known > 0, n_known, np.nan)
