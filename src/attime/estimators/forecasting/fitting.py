"""Fitting of forecasters: a linear start in closed form, attention that has to improve on it, or a network alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import nn

from attime.names import pick
from attime.nn.forecasting import Improved, LinearForecast, Reversible
from attime.nn.networks.forecasting import FORECASTERS, Forecaster, PatchForecaster
from attime.training import TrainingOptions, Windows, find_device, run, seeded, train
from attime.training.linear import LinearFit, fit_linear
from attime.training.losses import forecast_loss

MOST_WINDOWS = 8192  # that a network is shown in each epoch: neighbouring ones say nearly the same
MOST_JUDGED = 1024  # windows held out by which its epochs are judged
WORTH = 0.01  # share of the error that attention has to take off the linear forecast to be kept
#: Names that stand for more than one network.
COMPOUND = ("default", "linear")


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
    linear
        The linear part, if the network has one.
    fit
        How that was fitted.
    """

    module: nn.Module
    residuals: Float64[np.ndarray, "window step"]
    ridge: LinearForecast
    reason: str
    linear: LinearForecast | None
    fit: LinearFit

    @torch.no_grad()
    def learn_all(self) -> None:
        """Let the linear part learn from the windows held out as well."""
        if self.linear is not None:
            self.linear.weights.copy_(self.fit.weights_of_all)


def fit_forecaster(
    network: str | Forecaster,
    training: Windows,
    held_out: Windows,
    *,
    period: int | None,
    options: TrainingOptions,
    rng: np.random.Generator,
) -> Fitted:
    """Fit a forecaster to windows, choosing by those held out."""
    sizes = {"look_back": training.look_back, "horizon": training.horizon}
    linear = LinearForecast(**sizes, n_covariates=training.n_ahead)
    fit = fit_linear(linear, training, held_out, period=period)
    ridge = LinearForecast(**sizes)
    with torch.no_grad():
        ridge.weights.copy_(fit.ridge)
    judged = held_out if len(held_out) else training
    reason = f"linear ({fit.choice.told})"
    module: nn.Module = linear
    if network == "default":
        module, said = _with_attention(linear, training, held_out, options, rng)
        reason = f"{reason}; {said}"
    elif network != "linear":
        names = {**FORECASTERS, **dict.fromkeys(COMPOUND)}
        description = network if isinstance(network, Forecaster) else pick(names, network, what="network")
        assert description is not None
        with seeded(int(rng.integers(2**63)), find_device(options.device)):
            module = description.checked().build(**sizes, n_features=len(training.values), n_ahead=training.n_ahead)
            _train(module, training, held_out, options)
        reason = type(description).__name__
    own = linear if isinstance(module, LinearForecast | Improved) else None
    return Fitted(module.eval(), residuals_of(module, judged), ridge.eval(), reason, own, fit)


def _with_attention(
    linear: LinearForecast, training: Windows, held_out: Windows, options: TrainingOptions, rng: np.random.Generator
) -> tuple[nn.Module, str]:
    """Return the linear forecast with attention beside it where that has a lower error in windows held out."""
    if not len(held_out):
        return linear, "no attention, for nothing is held out that could tell whether it helps"
    with seeded(int(rng.integers(2**63)), find_device(options.device)):
        attention = PatchForecaster(zero_start=True).build(
            look_back=training.look_back,
            horizon=training.horizon,
            n_features=len(training.values),
            n_ahead=training.n_ahead,
        )
        assert isinstance(attention, Reversible)
        module = Improved(linear, attention)
        _train(module, training, held_out, options)
    judged = some(held_out, MOST_JUDGED)
    before, after = (float(np.nanmean(residuals_of(part, judged) ** 2)) for part in (linear, module))
    if after <= (1 - WORTH) * before:
        return module, f"attention beside it takes {100 * (1 - after / before):.0f} % off its squared error"
    linear.to(torch.device("cpu"))
    return linear, f"attention beside it would change its squared error by {100 * (after / before - 1):+.1f} %"


def _train(module: nn.Module, training: Windows, held_out: Windows, options: TrainingOptions) -> None:
    validation = some(held_out, MOST_JUDGED) if len(held_out) else None
    train(module, some(training, MOST_WINDOWS), validation, loss=forecast_loss, options=options)


def some(windows: Windows, n_windows: int) -> Windows:
    """Return so many windows at most, evenly chosen."""
    if len(windows) <= n_windows:
        return windows
    return windows.take(torch.linspace(0, len(windows) - 1, n_windows).long(), windows.values.device)


@torch.no_grad()
def residuals_of(module: nn.Module, windows: Windows) -> Float64[np.ndarray, "window step"]:
    """Return what happened less what was forecast; NaN where it is not known what happened."""
    forecast = torch.cat([output.prediction.cpu() for output in run(module, windows)])
    targets = windows.targets
    return torch.where(targets.present, targets.steps - forecast, torch.nan).double().numpy()
