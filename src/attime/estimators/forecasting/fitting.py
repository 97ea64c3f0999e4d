"""Fitting of forecasters: what is learnt, what is chosen by, and what is known of its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor, nn

from attime.names import pick
from attime.nn.forecasting.linear import LinearForecast
from attime.training import Windows, run
from attime.training.linear import fit_linear


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit comes to.

    Attributes
    ----------
    module
        The network.
    residuals
        What happened less what was forecast in windows that were not learnt from, on the scale of the network.
    ridge
        One plain ridge regression, to stand beside it.
    reason
        What was fitted, in words.
    weights_of_all
        What is to be put into the linear part, to have learnt from the windows held out as well.
    """

    module: nn.Module
    residuals: Float64[np.ndarray, "window step"]
    ridge: LinearForecast
    reason: str
    weights_of_all: Float64[Tensor, "time step"]

    @torch.no_grad()
    def learn_all(self) -> None:
        """Let the linear part learn from the windows held out as well."""
        assert isinstance(self.module, LinearForecast)
        self.module.weights.copy_(self.weights_of_all)


@torch.no_grad()
def fit_forecaster(network: str, training: Windows, held_out: Windows, *, period: int | None) -> Fitted:
    """Fit a forecaster to windows, choosing by those held out."""
    pick({"default": None, "linear": None}, network, what="network")
    module = LinearForecast(look_back=training.look_back, horizon=training.horizon, n_covariates=training.n_ahead)
    found = fit_linear(module, training, held_out, period=period)
    ridge = LinearForecast(look_back=training.look_back, horizon=training.horizon)
    ridge.weights.copy_(found.ridge)
    residuals = residuals_of(module, held_out if len(held_out) else training)
    return Fitted(module.eval(), residuals, ridge.eval(), f"linear, {found.choice.told}", found.weights_of_all)


@torch.no_grad()
def residuals_of(module: nn.Module, windows: Windows) -> Float64[np.ndarray, "window step"]:
    """Return what happened less what was forecast; NaN where it is not known what happened."""
    forecast = torch.cat([output.prediction for output in run(module, windows, precision="fp32")])
    targets = windows.targets
    return torch.where(targets.present, targets.steps - forecast, torch.nan).double().numpy()
