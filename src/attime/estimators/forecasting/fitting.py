"""Fitting of forecasters: a linear start in closed form, attention that has to improve on it, or a network alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float64
from torch import nn

from attime.estimators.forecasting.plan import Plan
from attime.measures.forecasting import diebold_mariano
from attime.measures.forecasting.verdict import SIGNIFICANT
from attime.names import pick
from attime.nn.forecasting import Improved, LinearForecast
from attime.nn.networks.forecasting import FORECASTERS, Forecaster, PatchForecaster
from attime.training import History, TrainingOptions, Windows, find_device, run, seeded, train
from attime.training.beside import fit_beside
from attime.training.linear import LinearFit, fit_linear
from attime.training.losses import forecast_loss

MOST_WINDOWS = 8192  # that a network is shown in each epoch: neighbouring ones say nearly the same
MOST_JUDGED = 1024  # windows held out by which its epochs are judged
WORTH = 0.01  # share of the error that attention has to take off the linear forecast to be kept,
MUCH = 0.1  # or this share where so few windows are held out that it cannot be told from chance
#: Names that stand for more than one network.
COMPOUND = ("default", "linear")


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit comes to.

    Attributes
    ----------
    plan
        What the network is made of.
    module
        The network.
    residuals
        What happened less what was forecast in windows that were not learnt from, on the scale of the network.
    ridge
        One plain ridge regression, to stand beside it.
    reason
        What was fitted, in words.
    fit
        How the linear part was fitted.
    histories
        The course of the training of a network, kept or not.
    """

    plan: Plan
    module: nn.Module
    residuals: Float64[np.ndarray, "window step"]
    ridge: LinearForecast
    reason: str
    fit: LinearFit
    histories: tuple[History, ...] = ()

    @torch.no_grad()
    def learn_all(self) -> None:
        """Let the linear part, if there is one, learn from the windows held out as well."""
        linear = self.module.linear if isinstance(self.module, Improved) else self.module
        if isinstance(linear, LinearForecast):
            linear.weights.copy_(self.fit.weights_of_all)


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
    plan = Plan(
        training.look_back,
        training.horizon,
        n_features=len(training.values),
        n_ahead=training.n_ahead,
        linear=network in COMPOUND,
        network=None,
        period=period,
    )
    linear = plan.linear_part()
    fit = fit_linear(linear, training, held_out, period=period)
    ridge = plan.ridge()
    with torch.no_grad():
        ridge.weights.copy_(fit.ridge)
    module: nn.Module = linear
    histories: tuple[History, ...] = ()
    if plan.linear:
        reason = f"linear ({fit.choice.told})"
        if taken_off := fit_beside(linear, training, held_out):
            reason = f"{reason}; what covariates were lately takes {100 * taken_off:.0f} % off its squared error"
        if network == "default":
            plan, module, said, histories = _with_attention(plan, linear, training, held_out, options, rng)
            reason = f"{reason}; {said}"
    else:
        names = {**FORECASTERS, **dict.fromkeys(COMPOUND)}
        description = network if isinstance(network, Forecaster) else pick(names, network, what="network")
        plan = replace(plan, network=description)
        with seeded(int(rng.integers(2**63)), find_device(options.device)):
            module = plan.build()
            histories = (_train(module, training, held_out, options),)
        reason = type(description).__name__
    judged = held_out if len(held_out) else training
    return Fitted(plan, module.eval(), residuals_of(module, judged), ridge.eval(), reason, fit, histories)


def _with_attention(
    plan: Plan,
    linear: LinearForecast,
    training: Windows,
    held_out: Windows,
    options: TrainingOptions,
    rng: np.random.Generator,
) -> tuple[Plan, nn.Module, str, tuple[History, ...]]:
    """Return the linear forecast with attention beside it where that has a lower error in windows held out."""
    if not len(held_out):
        return plan, linear, "no attention, for nothing is held out that could tell whether it helps", ()
    with seeded(int(rng.integers(2**63)), find_device(options.device)):
        improved = replace(plan, network=PatchForecaster(zero_start=True))
        module = improved.build()
        assert isinstance(module, Improved)
        module.linear = linear
        histories = (_train(module, training, held_out, options),)
    judged = some(held_out, MOST_JUDGED)
    before, after = (residuals_of(part, judged) ** 2 for part in (linear, module))
    taken_off = 1 - float(np.nanmean(after)) / max(float(np.nanmean(before)), 1e-300)
    chance = _chance(after, before, judged)
    told = "p < .001" if chance < 0.001 else f"p = {chance:.2g}".replace("0.", ".")
    if taken_off >= MUCH or (taken_off >= WORTH and chance < SIGNIFICANT):
        said = f"attention beside it takes {100 * taken_off:.0f} % off its squared error ({told})"
        return improved, module, said, histories
    linear.to(torch.device("cpu"))
    said = f"attention beside it would change its squared error by {-100 * taken_off:+.1f} % ({told})"
    return plan, linear, said, histories


def _chance(
    errors: Float64[np.ndarray, "window step"], others: Float64[np.ndarray, "window step"], windows: Windows
) -> float:
    """Return how often chance makes such a difference; 1 where there are too few windows to say."""
    known = ~np.isnan(errors).all(axis=1)
    owners, starts = windows.owners.numpy()[known], windows.starts.numpy()[known]
    lasts = {owner: starts[owners == owner].max() for owner in np.unique(owners)}  # series mostly end together
    origins = starts - np.array([lasts[owner] for owner in owners])
    losses = [np.nanmean(part[known], axis=1) for part in (errors, others)]
    p_value = diebold_mariano(*losses, horizon=windows.horizon, origins=origins).p_value
    return 1.0 if np.isnan(p_value) else p_value


def _train(module: nn.Module, training: Windows, held_out: Windows, options: TrainingOptions) -> History:
    validation = some(held_out, MOST_JUDGED) if len(held_out) else None
    return train(module, some(training, MOST_WINDOWS), validation, loss=forecast_loss, options=options)


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
