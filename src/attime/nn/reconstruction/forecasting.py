"""Forecasting as reconstruction: the end of a window is forecast from its beginning, by attention."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.distributions import Distribution
from torch.nn import functional as F

from attime.attention import AttentionMap
from attime.nn.reconstruction.likelihood import LIKELIHOODS
from attime.nn.reconstruction.reconstruction import Reconstructing, Reconstruction


class ForecastReconstruction(Reconstructing):
    """x_{L+s} ~ p(· | ŷ_s, b_s), ŷ = forecaster(x_1 … x_L): what was not expected is improbable.

    Each channel is forecast by itself, with the same weights. The scales b are learnt, one for each channel and step
    ahead. Of the first L steps of a window nothing is said.

    Parameters
    ----------
    forecaster
        From (case, 1, look-back) to steps ahead.
    n_channels, look_back, horizon
        Sizes of a window, of look_back + horizon steps.
    kind, least_scale
        As for `Likelihood`.

    Examples
    --------
    >>> from attime.nn.networks.detection import ForecastAttention
    >>> network = ForecastAttention().build(n_channels=2, n_steps=40).eval()
    >>> output = network(torch.randn(3, 2, 40), torch.ones(3, 2, 40, dtype=torch.bool))
    >>> output.prediction.isnan().sum(-1).unique().tolist()  # steps of which nothing is said
    [30]
    """

    def __init__(
        self, forecaster: nn.Module, *, n_channels: int, look_back: int, horizon: int, kind: str, least_scale: float
    ) -> None:
        super().__init__()
        self.forecaster, self.look_back, self.horizon = forecaster, look_back, horizon
        self.kind, self.least_scale = kind, least_scale
        self.log_scale = nn.Parameter(torch.zeros(n_channels, horizon))

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Reconstruction:
        """Forecast the end of each case; see `Reconstructing.forward`."""
        n_cases, n_channels, _ = values.shape
        past, there = (part[..., : self.look_back].flatten(0, 1).unsqueeze(1) for part in (values, observed))
        output = self.forecaster(past.float().masked_fill(~there, 0.0), there)
        forecast = output.prediction.view(n_cases, n_channels, self.horizon)
        location = F.pad(forecast, (self.look_back, 0), value=torch.nan)
        scale = F.pad(self.least_scale + F.softplus(self.log_scale), (self.look_back, 0), value=1.0)
        distribution: Distribution = LIKELIHOODS[self.kind](location, scale.expand_as(location))
        hidden = torch.arange(location.shape[-1], device=values.device) >= self.look_back
        maps = tuple(_over_channels(each, n_channels) for each in output.maps)
        return Reconstruction(location, maps, distribution=distribution, hidden=hidden.expand_as(observed))


def _over_channels(every: AttentionMap, n_channels: int) -> AttentionMap:
    """Return the mean of the maps of the channels, which were cases of their own."""
    return replace(every, source=lambda: every.weights.unflatten(0, (-1, n_channels)).mean(1))
