"""Reversible scaling: each window on its own scale, and the forecast brought back from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.nn.embedding import OWN_SCALE_AT_LEAST
from attime.nn.forecasting.linear import last_observed
from attime.nn.output import Output


class Reversible(nn.Module):
    """ŷ = d · network((x − c) / d) + c, where c and d are the level and the deviation of each window by itself.

    Kim et al. 2022 (https://openreview.net/forum?id=cGDAkQo1C0p), equations 1 to 3, without the affine map that is
    learnt there, which the first layer of a network can do as well. A series that wanders off its level of training is
    then read, and forecast, as if it had stayed. c may be the last value in place of the mean: a network that says
    nothing then forecasts that tomorrow is like today. Or it may be the mean of all steps in one phase of a season: one
    that says nothing then forecasts the usual season of the window.

    Covariates are taken by their means and deviations, those that are known ahead over the steps ahead as well: one
    that changes for the first time in what is ahead would otherwise be divided by next to nothing. One that does not
    change at all, such as a static one, is left as it is.

    Parameters
    ----------
    network
        What forecasts on the scale of a window.
    centre
        What is taken off the values to be forecast: ``"last"``, the last that was observed, their ``"mean"``, that of
        each phase of the ``"season"``, or ``"none"``, nothing, and then off covariates neither.
    spread
        Whether deviations are divided by.
    period
        Steps of a season.

    Examples
    --------
    >>> from attime.nn.forecasting.linear import LinearForecast
    >>> network = Reversible(LinearForecast(look_back=2, horizon=2), centre="mean", spread=False)
    >>> network(torch.tensor([[[1.0, 3.0]]]), torch.ones(1, 1, 2, dtype=torch.bool)).prediction
    tensor([[3., 3.]])
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        centre: Literal["last", "mean", "season", "none"] = "last",
        spread: bool = True,
        period: int = 1,
    ) -> None:
        super().__init__()
        self.network, self.centre, self.spread, self.period = network, centre, spread, period

    def forward(
        self,
        values: Float[Tensor, "case feature time"],
        observed: Bool[Tensor, "case feature time"],
        ahead: Float[Tensor, "case covariate step"] | None = None,
    ) -> Output:
        """Forecast; arguments as in `LinearForecast.forward`."""
        values = values.masked_fill(~observed, 0.0)
        mean, deviation = _mean_and_deviation(values, observed, ahead)
        level = mean if self.centre != "none" else torch.zeros_like(mean)
        if self.centre == "last":
            last = last_observed(values[:, 0], observed[:, 0]).unsqueeze(1)
            level = torch.cat([last, level[:, 1:]], dim=1)
        scale = deviation + OWN_SCALE_AT_LEAST if self.spread else torch.ones_like(deviation)
        constant = deviation <= OWN_SCALE_AT_LEAST
        constant[:, 0] = False
        level, scale = level.masked_fill(constant, 0.0), scale.masked_fill(constant, 1.0)
        if ahead is not None:
            known = slice(values.shape[1] - ahead.shape[1], None)
            ahead = (ahead - level[:, known]) / scale[:, known]
        usual = level[:, 0]  # of each phase: one, unless there are seasons
        if self.centre == "season":
            usual = _usual(values[:, 0], observed[:, 0], self.period)
        phases = torch.arange(values.shape[2], device=values.device) % usual.shape[1]
        level = torch.cat([usual[:, None, phases], level[:, 1:].expand(-1, -1, len(phases))], dim=1)
        output: Output = self.network(((values - level) / scale).masked_fill(~observed, 0.0), observed, ahead)
        n_ahead = output.prediction.shape[1]
        later = torch.arange(len(phases), len(phases) + n_ahead, device=values.device) % usual.shape[1]
        return replace(output, prediction=output.prediction * scale[:, 0] + usual[:, later])


def _usual(
    values: Float[Tensor, "case time"], observed: Bool[Tensor, "case time"], period: int
) -> Float[Tensor, "case phase"]:
    """Return the mean of each phase, that of all of them where one was not observed."""
    phases = torch.arange(values.shape[1], device=values.device) % period
    sums, n_seen = values.new_zeros(2, values.shape[0], period)
    sums.index_add_(1, phases, values)
    n_seen.index_add_(1, phases, observed.to(values.dtype))
    mean = values.sum(1, keepdim=True) / observed.sum(1, keepdim=True).clamp(min=1)
    return torch.where(n_seen > 0, sums / n_seen.clamp(min=1), mean)


def _mean_and_deviation(
    values: Float[Tensor, "case feature time"],
    observed: Bool[Tensor, "case feature time"],
    ahead: Float[Tensor, "case covariate step"] | None,
) -> tuple[Float[Tensor, "case feature 1"], Float[Tensor, "case feature 1"]]:
    if ahead is not None:
        n_others = values.shape[1] - ahead.shape[1]
        unknown = ahead.new_zeros(ahead.shape[0], n_others, ahead.shape[2])
        seen = torch.arange(values.shape[1], device=ahead.device) >= n_others
        values = torch.cat([values, torch.cat([unknown, ahead], dim=1)], dim=2)
        observed = torch.cat([observed, seen[:, None].expand(ahead.shape[0], -1, ahead.shape[2])], dim=2)
    n_seen = observed.sum(-1, keepdim=True).clamp(min=1)
    mean = values.sum(-1, keepdim=True) / n_seen
    variance = (values - mean).masked_fill(~observed, 0.0).square().sum(-1, keepdim=True) / n_seen
    return mean, variance.sqrt()
