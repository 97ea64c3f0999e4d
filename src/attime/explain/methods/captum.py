"""The adapter to captum, a library of attribution methods for torch: those of its methods that suit our networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from attime.data import SeriesSet
from attime.estimators import AttentionEstimator
from attime.explain.methods.gradients import BASELINES
from attime.explain.methods.method import Method, Relevance
from attime.explain.methods.slope import (
    GRADIENT_BATCH,
    CentredLogit,
    asked,
    differentiable,
    in_batches,
    refuse_without_gradient,
    without_infinities,
)
from attime.extras import imported
from attime.names import pick
from attime.options import Count
from attime.training import Cases, seeded


@dataclass
class Captum(Method):
    """Relevance by a method of captum (Kokhlikyan et al. 2020, https://arxiv.org/abs/2009.07896).

    It explains the logit of the class less the mean of all logits, on the series as the network sees them, scaled. A
    channel that comes on several scales is one feature, with one relevance.

    DeepLift and the guided and deconvolving methods are left out: they rewrite the gradients of activations that are
    modules of their own, and find few in networks whose activations, gates and attention are functions. What they
    would give is the plain gradient under another name.

    Parameters
    ----------
    algorithm
        ``"IntegratedGradients"``, ``"GradientShap"``, ``"InputXGradient"``, ``"Saliency"`` (how large the gradients
        are, never negative), ``"FeatureAblation"`` or ``"ShapleyValueSampling"``.
    n_samples
        How often ``"GradientShap"`` and ``"ShapleyValueSampling"`` draw, and the points on the way of
        ``"IntegratedGradients"``.
    baseline
        What says nothing, as in `IntegratedGradients`; ``"InputXGradient"`` and ``"Saliency"`` need none.
    window
        Steps that ``"FeatureAblation"`` and ``"ShapleyValueSampling"`` take away together and share relevance equally.
        The time they take falls as it grows.

    Raises
    ------
    MissingExtraError
        If ``captum`` is not installed.
    OptionError
        If there is no such algorithm or baseline, or it follows gradients and the model, of dictionaries, has none.

    Examples
    --------
    >>> method = Captum("ShapleyValueSampling", window=10)  # explain(clf, series, method=method)
    """

    algorithm: str = "GradientShap"
    n_samples: Count = 25
    baseline: str = "zero"
    window: Count = 1

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return what captum attributes, shape (case, channel, time); see `Method.relevance`."""
        attribute = pick(ALGORITHMS, self.algorithm, what="algorithm of captum")
        captum = imported(
            "captum.attr",
            who="method 'captum' needs",
            extra="captum",
            instead="or use the method 'integrated_gradients' or 'occlusion'",
        )
        algorithm = getattr(captum, self.algorithm)
        if self.algorithm not in GRADIENT_FREE:
            refuse_without_gradient(estimator, f"captum, {self.algorithm}")
        choose = pick(BASELINES, self.baseline, what="baseline")

        def attributed(ask: CentredLogit, batch: Cases, which: slice) -> Tensor:
            question = Question(
                batch, baselines[which].to(batch.values), estimator.n_channels_, self.n_samples, self.window
            )
            return without_infinities(attribute(algorithm(ask), question).detach()) * batch.observed

        device = next(estimator.module_.parameters()).device
        with differentiable(estimator.module_), drawing(int(rng.integers(2**32)), device):
            cases = asked(estimator, series, targets)
            baselines = choose(cases, rng)
            return Relevance(in_batches(estimator, cases, attributed))


@dataclass(frozen=True, eq=False)
class Question:
    """What an algorithm is asked about: one batch of cases, and the options of the method."""

    cases: Cases
    baseline: Float[Tensor, "case feature time"]
    n_channels: int
    n_samples: int
    window: int

    @property
    def values(self) -> Float[Tensor, "case feature time"]:
        """The series, ready for gradients: captum would see to it, with a warning."""
        return self.cases.values.clone().requires_grad_()

    @property
    def others(self) -> tuple[Tensor | None, ...]:
        """What the network needs beside the values."""
        return self.cases.observed, self.cases.classes, self.cases.times, self.cases.static

    @property
    def groups(self) -> Int[Tensor, "1 feature time"]:
        """The number of the group of each value: all views of a channel over a window of steps are one group."""
        _, n_features, n_steps = self.cases.values.shape
        device = self.cases.values.device
        channel = torch.arange(n_features, device=device).remainder(self.n_channels)
        place = torch.arange(n_steps, device=device) // self.window
        return (channel.unsqueeze(1) * (int(place[-1]) + 1) + place).unsqueeze(0)


def _along_gradients(**options: str) -> Callable[[Any, Question], Tensor]:
    """Return how algorithms that follow gradients are asked: by which keyword they take which of our options."""

    def attribute(explainer: Any, question: Question) -> Tensor:
        chosen = {keyword: getattr(question, name) for keyword, name in options.items()}
        return explainer.attribute(question.values, additional_forward_args=question.others, **chosen)

    return attribute


def _by_groups(**options: str) -> Callable[[Any, Question], Tensor]:
    """Return how algorithms that take groups of values away are asked; a group shares what it gets."""

    def attribute(explainer: Any, question: Question) -> Tensor:
        groups = question.groups
        chosen = {keyword: getattr(question, name) for keyword, name in options.items()}
        of_group = explainer.attribute(
            question.cases.values,
            baselines=question.baseline,
            additional_forward_args=question.others,
            feature_mask=groups,
            perturbations_per_eval=max(1, GRADIENT_BATCH // len(question.cases)),
            **chosen,
        )
        number = groups.flatten()
        sizes = of_group.new_zeros(len(of_group), int(number.max()) + 1)
        sizes.index_add_(1, number, question.cases.observed.flatten(1).to(sizes.dtype))
        return of_group / sizes[:, number].clamp(min=1).view_as(of_group)

    return attribute


ALGORITHMS: dict[str, Callable[[Any, Question], Tensor]] = {
    "IntegratedGradients": _along_gradients(baselines="baseline", n_steps="n_samples"),
    "GradientShap": _along_gradients(baselines="baseline", n_samples="n_samples"),
    "InputXGradient": _along_gradients(),
    "Saliency": _along_gradients(),
    "FeatureAblation": _by_groups(),
    "ShapleyValueSampling": _by_groups(n_samples="n_samples"),
}

GRADIENT_FREE = ("FeatureAblation", "ShapleyValueSampling")


@contextmanager
def drawing(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from generators with a seed of their own, numpy's global one too: captum draws from both."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        with seeded(seed, device):
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
