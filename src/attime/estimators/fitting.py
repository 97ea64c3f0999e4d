"""Fitting of what evidence comes from: networks by gradients, from random weights; dictionaries at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from attime.errors import OptionError
from attime.estimators.clock import Clock
from attime.nn import Dictionary, DictionaryClassifier, Ensemble, Network, SeriesClassifier, WithStatic
from attime.nn.ensemble import Classifier
from attime.nn.networks.dictionary import QUICK
from attime.nn.static import without_static
from attime.training import (
    Cases,
    History,
    TrainingOptions,
    find_device,
    fit_dictionary,
    fit_dictionary_once,
    seeded,
    train,
)
from attime.training.cases import drawn, spread
from attime.training.objectives import Loss
from attime.training.processes import from_first
from attime.training.static import begin_with_static

Module = Classifier | Ensemble
#: From a description to a new module.
Build = Callable[[Network], Module]

MOST_CASES = 2500  # that a dictionary is fitted to: the cost grows with the cube of their number
LEARNT_FROM = 2**23  # numbers from which a network takes what it does not learn by gradients
PROBED = 16  # cases by which is measured how long a dictionary takes
SHARE_OF_TIME = 0.8  # of what is left, for training; the rest is for what a measurement of one update does not tell


@dataclass(frozen=True, eq=False)
class Material:
    """What there is to learn from.

    Attributes
    ----------
    cases
        The training cases.
    held_out
        Cases to choose by, or None.
    ours
        Whether these were taken from the training cases, so that in the end they may be learnt from as well.
    """

    cases: Cases
    held_out: Cases | None
    ours: bool = True

    @property
    def everything(self) -> Cases:
        """All cases that may be learnt from, those held out last."""
        return self.cases if self.held_out is None or not self.ours else self.cases.joined(self.held_out)

    @property
    def n_cases(self) -> int:
        """How many `everything` would be, without putting them together."""
        return len(self.cases) + (len(self.held_out) if self.held_out is not None and self.ours else 0)

    def some(self, n_cases: int, rng: np.random.Generator) -> Cases:
        """Draw cases of `everything` as `Cases.some` does, without putting it together."""
        if self.n_cases <= n_cases or self.held_out is None or not self.ours:
            return self.everything.some(n_cases, rng)
        targets = torch.cat([self.cases.targets, self.held_out.targets])
        which = drawn(targets, n_cases, rng)
        ours = which < len(self.cases)
        device = self.cases.values.device
        return self.cases.take(which[ours], device).joined(self.held_out.take(which[~ours] - len(self.cases), device))


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a fit comes to.

    Attributes
    ----------
    network
        The description of the module.
    module
        What was fitted; an `Ensemble` of several.
    histories
        The course of each fit.
    reason
        Why it came to this, where there was a choice.
    left_out
        Where a fit in closed form was made to all the cases: its logits for each of them as if left out.
    """

    network: Network
    module: Module
    histories: tuple[History, ...]
    reason: str = ""
    left_out: Float[Tensor, "case class"] | None = None


def fit_networks(
    network: Network,
    build: Build,
    cases: Cases,
    held_out: Cases | None,
    *,
    loss: Loss,
    options: TrainingOptions,
    n_networks: int,
    clock: Clock,
    rng: np.random.Generator,
) -> Fitted:
    """Build and train `n_networks` networks on the same cases; what is drawn comes from `rng` alone.

    Raises
    ------
    OptionError
        If the network is none that learns by gradients.
    """
    modules: list[SeriesClassifier | WithStatic] = []
    histories: list[History] = []
    for number in range(n_networks):
        with seeded(int(rng.integers(2**63)), find_device(options.device)):
            module = build(network)
            if isinstance(module, Ensemble) or not isinstance(without_static(module), SeriesClassifier):
                raise OptionError(
                    f"{type(network).__name__} arrived as the network to train, which is not learnt by gradients; "
                    "give one kind of network, such as Convolutional(), or 'default' for a mixture"
                )
            if cases.times is None:  # else the n-th steps of two cases need not belong together
                some = spread(cases.targets, max(1, LEARNT_FROM // cases.values[0].numel()))
                module.learn(cases.values[some], cases.observed[some])
            if isinstance(module, WithStatic):
                begin_with_static(module, cases)
            limited = within(options, clock.left / (n_networks - number))
            histories.append(train(module, cases, held_out, loss=loss, options=limited))
            modules.append(cast(SeriesClassifier | WithStatic, module))
            if histories[-1].ended == "interrupted":  # the user wants an end of all of it
                break
    return Fitted(network, together(modules), tuple(histories))


def fit_dictionaries(
    network: Dictionary,
    build: Build,
    material: Material,
    *,
    options: TrainingOptions,
    clock: Clock,
    rng: np.random.Generator,
) -> Fitted:
    """Fit what codes are worth; to fewer cases or families where there are too many or there is too little time.

    Where not all cases can be learnt from, those held out are not, so that it can still be judged by them.

    Raises
    ------
    OptionError
        If numbers are to be learnt.
    """
    if material.cases.classes is None:
        raise OptionError("Dictionary arrived as the network of a regressor; it tells classes, take Convolutional()")
    find_device(options.device)  # so that a wrong one is told, though this is done where the cases are
    n_cases = min(material.n_cases, MOST_CASES)
    if np.isfinite(clock.left):
        network, n_cases = _in_time(network, build, material.some(n_cases, rng), clock.left, rng)
    every = n_cases == material.n_cases
    module = _unfitted(network, build)
    fit = fit_dictionary if np.isfinite(clock.left) else fit_dictionary_once  # what time decides, another run does not
    cases = material.everything if every else material.cases.some(n_cases, rng)
    left_out, history = fit(module, cases, progress=options.progress)
    return Fitted(network, module, (history,), left_out=left_out if every else None)


def _in_time(
    network: Dictionary, build: Build, cases: Cases, seconds: float, rng: np.random.Generator
) -> tuple[Dictionary, int]:
    """Return what can be done in so many seconds, by how long a few cases take: all, or fewer families, or cases."""
    for trial in (network, replace(network, families=QUICK)):
        needed = _seconds_for(trial, build, cases, rng)
        if needed <= seconds * SHARE_OF_TIME:
            return trial, len(cases)
    n_cases = max(2 * int(cases.targets.max() + 1), int(len(cases) * seconds * SHARE_OF_TIME / needed))
    return trial, min(n_cases, len(cases))


def _seconds_for(network: Dictionary, build: Build, cases: Cases, rng: np.random.Generator) -> float:
    few = cases.some(PROBED, rng)
    module = _unfitted(network, build)
    start = time.perf_counter()
    fit_dictionary(module, few, progress=False)
    return from_first(time.perf_counter() - start) * len(cases) / len(few)


def _unfitted(network: Dictionary, build: Build) -> DictionaryClassifier | WithStatic:
    module = build(network)
    assert isinstance(module, DictionaryClassifier | WithStatic)
    return module


def within(options: TrainingOptions, seconds: float) -> TrainingOptions:
    """Return the options with so many seconds as the limit, if there is not a lower one."""
    limit = min(seconds * SHARE_OF_TIME, options.max_seconds or np.inf)
    return replace(options, max_seconds=max(float(limit), 1e-3)) if np.isfinite(limit) else options


def together(networks: Sequence[Classifier]) -> Module:
    """Return the one network, or the mean of several."""
    return networks[0] if len(networks) == 1 else Ensemble(networks).eval()
