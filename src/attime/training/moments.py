"""Products of all pairs of steps of windows: all that linear forecasts in closed form, and their errors, are made from.

What is centred otherwise, reads less of the past, or shares weights among the phases of a cycle has products that are
sums of these; and so has the error of any linear forecast in windows that it was not fitted to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from attime.nn.forecasting.linear import less_last
from attime.training.windows import Windows

BATCH = 4096
ENOUGH = 0.25  # share of the steps ahead that have to be known for a window to count

Weights = Float64[Tensor, "time step"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Products of all pairs of steps of windows, less the last value of the past, summed over the windows."""

    products: Float64[Tensor, "both both"]
    look_back: int
    n_windows: int

    @classmethod
    def of(cls, windows: Windows, slopes: Float64[Tensor, " covariate"]) -> Moments:
        """Sum over the windows of which enough steps ahead are known; what is missing lies on a line."""
        total: Tensor | None = None
        n_windows = 0
        for batch in windows.batches(BATCH, windows.values.device):
            known, both = both_sides(batch, slopes)
            both = both[known]
            part = (both.T @ both).double()
            total = part if total is None else total + part
            n_windows += len(both)
        size = windows.look_back + windows.horizon
        nothing = torch.zeros(size, size, dtype=torch.float64)
        return cls(nothing if total is None else total, windows.look_back, n_windows)

    @property
    def horizon(self) -> int:
        """Steps ahead."""
        return len(self.products) - self.look_back

    def and_those_of(self, others: Moments) -> Moments:
        """Return the sums over these windows and others."""
        return replace(self, products=self.products + others.products, n_windows=self.n_windows + others.n_windows)

    def error_products(self, several: Sequence[Weights]) -> Float64[np.ndarray, "forecast forecast"]:
        """Return the mean over windows and steps of the products of the errors of linear forecasts."""
        eye = torch.eye(self.horizon, dtype=torch.float64)
        errors = [torch.cat([-weights, eye]) for weights in several]
        moved = [self.products @ error for error in errors]
        found = [[float((one * other).sum()) for other in moved] for one in errors]
        return np.array(found) / (max(self.n_windows, 1) * self.horizon)

    def error(self, weights: Weights) -> float:
        """Return the mean squared error of a linear forecast."""
        return float(self.error_products([weights])[0, 0])


def both_sides(batch: Windows, slopes: Float64[Tensor, " covariate"]) -> tuple[Tensor, Tensor]:
    """Return past and future less the last value that is known, covariates taken off; and where enough is known.

    A sum of products needs a number at every step: one that is missing lies on the line between its neighbours, and
    what comes after the last one known is like that.
    """
    values, observed, *more = batch.inputs
    targets = batch.targets
    past, steps, there = values[:, 0], targets.steps, observed[:, 0]
    if more:
        past = past - torch.einsum("k,nkt->nt", slopes.float(), values[:, -len(slopes) :])
        steps = steps - torch.einsum("k,nks->ns", slopes.float(), more[0])
    last, before = less_last(past, there)
    present = targets.present
    if not present.all():
        both, known = torch.cat([past, steps], 1), torch.cat([there, present], 1)
        ends, line = less_last(both, known)
        steps = (line + ends)[:, batch.look_back :]
    return (present.float().mean(1) >= ENOUGH) & there.any(1), torch.cat([before, steps - last], 1)
