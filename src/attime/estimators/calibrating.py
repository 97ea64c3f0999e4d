"""As sure as right: logits made sharper or duller by cases held out, and classes favoured by their weights."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from attime.estimators.fitting import Fitted
from attime.nn import DictionaryClassifier, Ensemble, Mixture
from attime.training import Cases, fit_temperature, run


def logits_of(fitted: Fitted, cases: Cases) -> Float[Tensor, "case class"]:
    """Return what a fitted module says of cases."""
    return torch.cat([output.prediction.float().cpu() for output in run(fitted.module, cases)])


def calibrated(fitted: Fitted, held_out: Cases, weights: Float[Tensor, " class"] | None) -> Fitted:
    """Divide logits, and with them evidence and bias, by the temperature that suits cases held out.

    They count as in training, by the weights of their classes: no temperature can undo what these have moved.
    """
    logits, targets = logits_of(fitted, held_out).numpy(), held_out.targets
    counts = None if weights is None else weights[targets].numpy()
    fitted.module.sharpen(1 / fit_temperature(logits, targets.numpy(), counts))
    return fitted


def favoured(fitted: Fitted, weights: Float[Tensor, " class"] | None) -> Fitted:
    """Add the logarithms of class weights to the bias, which is as if the classes had been that frequent.

    What is calibrated stays so: probabilities are those of a world in which each class is `weights` times as frequent.
    """
    if weights is None:
        return fitted
    module: DictionaryClassifier | Ensemble
    if isinstance(fitted.module, DictionaryClassifier | Ensemble):
        module = fitted.module
    else:
        module = Ensemble([fitted.module]).eval()
        fitted = replace(fitted, network=Mixture(parts=(fitted.network,)), module=module)
    module.favour(weights.log())
    return fitted
