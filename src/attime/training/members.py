"""The parts that a linear forecast is mixed from: ridge regressions from look-back to horizon, and naive forecasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from attime.training.moments import Moments, Weights

FEWEST_CYCLES = 2  # that have to be read, or the level cannot be told from the season
FEWEST_OF_A_PHASE = 4  # cycles that have to be read where a step sees those in its own phase alone


@dataclass(frozen=True)
class Member:
    """One ridge regression.

    Attributes
    ----------
    look_back
        Steps that it reads.
    centre
        What is taken off first: the ``"last"`` value, or the ``"mean"`` of what it reads.
    period
        Steps of a cycle: step s ahead then reads only the steps in the same phase, with weights that are the same for
        all phases. None to read all of them.
    """

    look_back: int
    centre: str
    period: int | None = None

    def fit(self, moments: Moments) -> Callable[[float], Weights]:
        """Return what gives the weights for a penalty."""
        own = self.look_back + moments.horizon
        products = moments.products[-own:, -own:]
        taken = torch.zeros(own, dtype=torch.float64)
        if self.centre == "mean":
            taken[: self.look_back] = 1 / self.look_back
            products = products - torch.outer(torch.ones(own, dtype=torch.float64), taken @ products)
            products = products - torch.outer(products @ taken, torch.ones(own, dtype=torch.float64))
        rows, columns = products[: self.look_back, : self.look_back], products[: self.look_back, self.look_back :]
        if self.period is not None:
            rows, columns = _by_phase(rows, columns, self.period)
        values, vectors = torch.linalg.eigh(rows)
        projected, unit = vectors.T @ columns, float(values.mean().clamp(min=1e-12))

        def weights(strength: float) -> Weights:
            found = vectors @ (projected / (values.clamp(min=0) + strength * unit).unsqueeze(1))
            if self.period is not None:
                found = _over_phases(found, self.look_back, moments.horizon, self.period)
            found = found + taken[: self.look_back].unsqueeze(1) * (1 - found.sum(0))
            found[-1] += 1 - found.sum(0)  # what is left goes to the last value, which is zero here
            return torch.cat([found.new_zeros(moments.look_back - self.look_back, moments.horizon), found])

        return weights


def _by_phase(rows: Tensor, columns: Tensor, period: int) -> tuple[Tensor, Tensor]:
    """Sum products over the phases of a cycle: what is left are those of whole cycles."""
    n_cycles, horizon = rows.shape[0] // period, columns.shape[1]
    ahead = -(-horizon // period)
    padded = torch.nn.functional.pad(columns, (0, ahead * period - horizon))
    first = rows.shape[0] - n_cycles * period
    own = rows[first:, first:].view(n_cycles, period, n_cycles, period).diagonal(dim1=1, dim2=3).sum(-1)
    return own, padded[first:].view(n_cycles, period, ahead, period).diagonal(dim1=1, dim2=3).sum(-1)


def _over_phases(weights: Tensor, look_back: int, horizon: int, period: int) -> Tensor:
    """Give every phase the weights that all share."""
    n_cycles, ahead = weights.shape
    spread = torch.einsum("ij,pq->ipjq", weights, torch.eye(period, dtype=weights.dtype))
    full = spread.reshape(n_cycles * period, ahead * period)[:, :horizon]
    return torch.cat([full.new_zeros(look_back - n_cycles * period, horizon), full])


def members_for(look_back: int, period: int | None) -> list[Member]:
    """Return the regressions whose mean is taken: of all that is read or half, centred either way, phased or not.

    Examples
    --------
    >>> [member.look_back for member in members_for(104, period=52)]
    [104, 104]
    >>> [member.look_back for member in members_for(104, period=None)]
    [52, 52, 104, 104]
    """
    season = period if period is not None and period <= look_back else 1
    half = look_back // 2 // season * season
    if half < (FEWEST_CYCLES * season if season > 1 else 1):
        half = look_back
    return [
        Member(steps, centre, phases)
        for steps in dict.fromkeys((half, look_back))
        for centre in ("last", "mean")
        for phases in dict.fromkeys((None, period))
        if phases is None or steps >= FEWEST_OF_A_PHASE * phases
    ]


def naive_weights(look_back: int, horizon: int, period: int | None) -> list[Weights]:
    """Return the last value, and the last cycle, as weights of the past."""
    last = torch.zeros(look_back, horizon, dtype=torch.float64)
    last[-1] = 1
    if period is None or period > look_back:
        return [last]
    cycle = torch.zeros(look_back, horizon, dtype=torch.float64)
    steps = torch.arange(horizon)
    cycle[look_back - period + steps % period, steps] = 1
    return [last, cycle]
