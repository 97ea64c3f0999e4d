"""What `AttentionClassifier()` makes of the cases at hand: dictionaries, networks, or both.

Dictionaries are fitted in closed form and know what they would have said of each case left out; with few cases nothing
beats them. Where there are cases enough to hold some out, a network is trained first, for its evidence points better;
if it leaves something to be gained, dictionaries are fitted as well, and both are weighed by the cases held out. Within
a time budget dictionaries come first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from attime.estimators.calibrating import logits_of
from attime.estimators.clock import Clock
from attime.estimators.fitting import Build, Fitted, Material, fit_dictionaries, fit_networks
from attime.nn import Convolutional, Dictionary, Ensemble, Mixture
from attime.nn.networks.dictionary import QUICK
from attime.training import Cases, TrainingOptions, fit_temperature
from attime.training.objectives import Loss
from attime.training.stacking import stack

AS_GOOD = 0.05  # share of its loss that one part may lose against the mixture and is preferred, being simpler


@dataclass(frozen=True)
class Quality:
    """How much is done for accuracy.

    Attributes
    ----------
    dictionary
        Which dictionaries.
    n_networks
        How many networks besides; 0 for none.
    networks_from
        Cases from which networks are trained.
    enough
        Mean loss of cases not learnt from at which nothing else is tried.
    """

    dictionary: Dictionary
    n_networks: int
    networks_from: int = 500
    enough: float = 0.1


QUALITIES: dict[str, Quality] = {
    "fast": Quality(Dictionary(families=QUICK, n_dilations=6), 0),
    "default": Quality(Dictionary(), 1),
    "best": Quality(Dictionary(n_dilations=16), 5, networks_from=300, enough=0.01),
}


@dataclass(frozen=True, eq=False)
class _Part:
    """Something fitted, with its logits for the cases held out, made as sure as they are right."""

    fitted: Fitted
    sharpness: float
    logits: Float[Tensor, "case class"]
    loss: float

    @classmethod
    def of(cls, fitted: Fitted, held_out: Cases, *, ours: bool) -> _Part:
        # Our own may have been learnt from, but then it is known what would have been said without each.
        left_out = fitted.left_out if ours else None
        logits = logits_of(fitted, held_out) if left_out is None else left_out[-len(held_out) :].float()
        sharpness = 1 / fit_temperature(logits.numpy(), held_out.targets.numpy())
        loss = float(F.cross_entropy(logits * sharpness, held_out.targets))
        return cls(fitted, sharpness, logits * sharpness, loss)

    @property
    def loss_not_learnt_from(self) -> float:
        """The mean loss of all cases that can be judged: each left out once, or those held out."""
        return self.loss if self.fitted.left_out is None else float(self.fitted.histories[0].validation_loss[0])


@dataclass(frozen=True, eq=False)
class Chooser:
    """Fits what there are cases, time and reason for.

    Attributes
    ----------
    quality
        What may be tried.
    build
        From a description to a new module.
    loss, options
        Of the training of networks.
    clock
        Tells how much time is left.
    rng
        What all that is random is drawn from.
    """

    quality: Quality
    build: Build
    loss: Loss
    options: TrainingOptions
    clock: Clock
    rng: np.random.Generator

    def fit(self, material: Material) -> Fitted:
        """Fit to the cases, and weigh what was fitted by those held out, if there are any."""
        held_out = material.held_out
        n_cases = material.n_cases
        if held_out is None or not self.quality.n_networks or n_cases < self.quality.networks_from:
            return replace(self._dictionary(material), reason=f"dictionaries, fitted to {n_cases} cases")
        # A network points better, for it is asked to (LocalAndComplete). But in little time it learns nothing.
        names = ("network", "dictionaries") if math.isinf(self.clock.left) else ("dictionaries", "network")
        parts: dict[str, _Part] = {}
        for name in names:
            if parts and self.clock.left <= 0:
                break
            fitted = self._network(material) if name == "network" else self._dictionary(material)
            parts[name] = _Part.of(fitted, held_out, ours=material.ours)
            if parts[name].loss_not_learnt_from < self.quality.enough or fitted.histories[-1].ended == "interrupted":
                break
        return self._weighed(parts, held_out)

    def _dictionary(self, material: Material) -> Fitted:
        half = self.quality.n_networks and material.n_cases >= self.quality.networks_from
        return fit_dictionaries(
            self.quality.dictionary,
            self.build,
            material,
            options=self.options,
            clock=self.clock.for_a(0.5) if half else self.clock,
            rng=self.rng,
        )

    def _network(self, material: Material) -> Fitted:
        return fit_networks(
            Convolutional(),
            self.build,
            material.cases,
            material.held_out,
            loss=self.loss,
            options=self.options,
            n_networks=self.quality.n_networks,
            clock=self.clock,
            rng=self.rng,
        )

    def _weighed(self, parts: dict[str, _Part], held_out: Cases) -> Fitted:
        """Return the mixture of the parts, or the best of them where it does as well alone."""
        losses = {name: part.loss for name, part in parts.items()}
        trust = dict(zip(parts, stack([part.logits for part in parts.values()], held_out.targets), strict=True))
        mixed = torch.stack([part.logits * float(trust[name]) for name, part in parts.items()]).sum(0)
        best = min(losses, key=losses.__getitem__)
        if losses.get("network", np.inf) <= (1 + AS_GOOD) * losses[best]:
            best = "network"
        if len(parts) > 1:
            losses["both"] = float(F.cross_entropy(mixed, held_out.targets))
        if losses[best] <= (1 + AS_GOOD) * losses.get("both", np.inf):
            parts, trust = {best: parts[best]}, {best: 1.0}
        reason = f"{' and '.join(parts)}, by the mean loss of {len(held_out)} cases held out: " + ", ".join(
            f"{name} {loss:.3f}" for name, loss in losses.items()
        )
        fits = {name: part.fitted for name, part in parts.items()}
        return _mixture(fits, {name: float(trust[name]) * parts[name].sharpness for name in parts}, reason)


def _mixture(fits: dict[str, Fitted], trust: dict[str, float], reason: str) -> Fitted:
    """Put what was fitted together, each as far as it is trusted."""
    if len(fits) == 1:
        [(name, fitted)] = fits.items()
        fitted.module.sharpen(trust[name])
        return replace(fitted, reason=reason)
    modules, weights, descriptions = [], [], []
    for name, fitted in fits.items():
        inside = list(fitted.module.networks) if isinstance(fitted.module, Ensemble) else [fitted.module]
        modules += inside
        weights += [trust[name] / len(inside)] * len(inside)
        descriptions += [fitted.network] * len(inside)
    histories = tuple(history for fitted in fits.values() for history in fitted.histories)
    return Fitted(Mixture(parts=tuple(descriptions)), Ensemble(modules, weights).eval(), histories, reason)
