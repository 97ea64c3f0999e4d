"""The scales of estimators as part of a graph: from series as they were measured to series as networks read them."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Bool, Float64
from torch import Tensor, nn

from attime.data.scaling import SPACINGS

EPSILON = float(np.finfo(np.float32).eps)


class InGraph(nn.Module):
    """What all scales share: series in, series out, zero where nothing was observed; sums run in 64 bits."""

    def forward(
        self, values: Float64[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Float64[Tensor, "case feature time"]:
        """Return the series on the scale; `values` are zero where nothing was observed."""
        raise NotImplementedError


class Unscaled(InGraph):
    """Series as they are."""

    def forward(self, values: Tensor, observed: Tensor) -> Tensor:
        """Return the series as they are."""
        return values


class ByCase(InGraph):
    """Each case and channel with mean 0 and deviation 1, as ``attime.data.scale_by_case`` has it."""

    def forward(self, values: Tensor, observed: Tensor) -> Tensor:
        """Return the series, each on its own scale."""
        n_observed = observed.sum(-1, keepdim=True).clamp(min=1)
        mean = values.sum(-1, keepdim=True) / n_observed
        centred = torch.where(observed, values - mean, 0.0)
        deviation = (centred.square().sum(-1, keepdim=True) / n_observed).sqrt()
        constant = deviation <= SPACINGS * EPSILON * values.abs().amax(-1, keepdim=True)
        return torch.where(constant, 0.0, centred / torch.where(constant, 1.0, deviation))


class ByTraining(InGraph):
    """Each channel less a mean, in units of a deviation; clipped where a farthest is given."""

    mean: Float64[Tensor, "channel 1"]
    deviation: Float64[Tensor, "channel 1"]

    def __init__(
        self,
        mean: Float64[np.ndarray, " channel"],
        deviation: Float64[np.ndarray, " channel"],
        farthest: float | None = None,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean).double()[:, None].clone())
        self.register_buffer("deviation", torch.from_numpy(deviation).double()[:, None].clone())
        self.farthest = farthest

    def forward(self, values: Tensor, observed: Tensor) -> Tensor:
        """Return the series on the scale of training."""
        scaled = (values - self.mean) / self.deviation
        scaled = scaled if self.farthest is None else scaled.clamp(-self.farthest, self.farthest)
        return torch.where(observed, scaled, 0.0)


class Both(ByTraining):
    """Each channel on its own scale, and then on that of training."""

    def forward(self, values: Tensor, observed: Tensor) -> Tensor:
        """Return the series twice."""
        return torch.cat([ByCase()(values, observed), super().forward(values, observed)], 1)
