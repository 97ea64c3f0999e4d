"""Gradients: how the logit answers to a small change of each value, at the series or on the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from attime.data import SeriesSet
from attime.errors import OptionError
from attime.estimators import AttentionEstimator
from attime.explain.methods.method import Method, Relevance
from attime.explain.methods.slope import (
    CentredLogit,
    asked,
    differentiable,
    in_batches,
    refuse_without_gradient,
    slope,
)
from attime.explain.replacing import another_of_each
from attime.names import pick
from attime.options import Count
from attime.training import Cases

#: From cases and a generator for those that draw, to the series that say nothing, on the scale the network sees.
Baseline = Callable[[Cases, np.random.Generator], Float[Tensor, "case feature time"]]

#: How strongly the points of a path crowd towards the baseline; see `_points`.
CROWDING = 8


@dataclass
class GradientTimesInput(Method):
    """relevance_t = x_t · ∂F/∂x_t, where F is the logit of the class less the mean of all logits.

    x is the series on the scale that the network sees, so a value at the mean has no relevance. Where a channel comes
    on several scales, its relevance is their sum. The gradient is that of Simonyan, Vedaldi & Zisserman 2013
    (https://arxiv.org/abs/1312.6034), the product that of Shrikumar et al. 2016 (https://arxiv.org/abs/1605.01713).

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, explain, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier("convolutional", training={"max_epochs": 2}).fit(series)
    >>> explain(clf, series[:5], method="gradient_times_input").relevance.shape
    (5, 1, 60)
    """

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return values times gradients, shape (case, channel, time); see `Method.relevance`."""
        refuse_without_gradient(estimator, "gradient_times_input")

        def product(ask: CentredLogit, batch: Cases, which: slice) -> Tensor:
            return batch.values * slope(ask, batch, batch.values)

        with differentiable(estimator.module_):
            return Relevance(in_batches(estimator, asked(estimator, series, targets), product))


@dataclass
class IntegratedGradients(Method):
    """relevance_t = (x_t − b_t) · ∫₀¹ ∂F/∂x_t at b + α (x − b) dα: gradients on the straight way from a baseline b.

    The sum over channels and time is F(x) − F(b), up to the error of the integral, which more points make smaller.
    F is the logit of the class less the mean of all logits. Sundararajan, Taly & Yan 2017
    (https://arxiv.org/abs/1703.01365).

    Parameters
    ----------
    n_steps
        Points on the way; double them until the sum no longer changes, if it matters. They are those of Gauss and
        Legendre and lie closer near the baseline, where networks that see differences relative to their size (the
        default, the transformer) answer to the first trace of a shape; for those 64 points come within a few hundredths
        of the sum, for the others within a thousandth.
    baseline
        What says nothing, on the scale that the network sees: ``"zero"`` (the mean of what was scaled), ``"mean"``
        (a flat line at the mean of the series itself), ``"noise"`` (drawn from a normal distribution), ``"other"``
        (another series of the set, drawn at random).

    Raises
    ------
    OptionError
        If there is no such baseline, or there is no other series.

    Examples
    --------
    >>> from attime import AttentionClassifier, SineConfig, explain, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier("convolutional", training={"max_epochs": 2}).fit(series)
    >>> explain(clf, series[:5], method=IntegratedGradients(baseline="mean")).options
    {'n_steps': 64, 'baseline': 'mean'}
    """

    n_steps: Count = 64
    baseline: str = "zero"

    def relevance(
        self,
        estimator: AttentionEstimator,
        series: SeriesSet,
        targets: Int[np.ndarray, " case"],
        rng: np.random.Generator,
    ) -> Relevance:
        """Return gradients integrated along the way, shape (case, channel, time); see `Method.relevance`."""
        refuse_without_gradient(estimator, "integrated_gradients")
        choose, points = pick(BASELINES, self.baseline, what="baseline"), _points(self.n_steps)

        def integrated(ask: CentredLogit, batch: Cases, which: slice) -> Tensor:
            start = baselines[which].to(batch.values)
            way = batch.values - start
            total = torch.zeros_like(way)
            for alpha, weight in points:  # one at a time, so that memory does not grow with their number
                total += weight * slope(ask, batch, start + alpha * way)
            return way * total

        with differentiable(estimator.module_):
            cases = asked(estimator, series, targets)
            baselines = choose(cases, rng)
            return Relevance(in_batches(estimator, cases, integrated))


def _zero(cases: Cases, rng: np.random.Generator) -> Float[Tensor, "case feature time"]:
    """Nothing but the mean of what was scaled."""
    return torch.zeros_like(cases.values)


def _mean(cases: Cases, rng: np.random.Generator) -> Float[Tensor, "case feature time"]:
    """A flat line at the mean of what was observed."""
    mean = cases.values.sum(-1, keepdim=True) / cases.observed.sum(-1, keepdim=True).clamp(min=1)
    return mean * cases.observed


def _noise(cases: Cases, rng: np.random.Generator) -> Float[Tensor, "case feature time"]:
    """Numbers drawn from the standard normal distribution."""
    return torch.from_numpy(rng.standard_normal(cases.values.shape, dtype=np.float32)) * cases.observed


def _other(cases: Cases, rng: np.random.Generator) -> Float[Tensor, "case feature time"]:
    """Another series of the set; zero where it has nothing."""
    if len(cases) < 2:
        raise OptionError(
            "the baseline 'other' takes another series, but there is one case only; explain more cases, or choose the "
            "baseline 'zero'"
        )
    return cases.values[torch.from_numpy(another_of_each(len(cases), rng))] * cases.observed


BASELINES: dict[str, Baseline] = {"zero": _zero, "mean": _mean, "noise": _noise, "other": _other}


def _points(n_steps: int) -> list[tuple[float, float]]:
    """Return the points α of a path and their weights: those of Gauss and Legendre in u, where α = u⁸.

    A network that sees differences divided by their size sees nothing of them at a flat baseline, and all their shape
    a millionth of the way from it. Evenly spaced points would miss that step, and relevance would not add up.

    Examples
    --------
    >>> round(sum(weight * alpha for alpha, weight in _points(16)), 6)  # ∫ α dα
    0.5
    """
    nodes, weights = np.polynomial.legendre.leggauss(n_steps)
    u = (nodes + 1) / 2
    return list(zip((u**CROWDING).tolist(), (weights / 2 * CROWDING * u ** (CROWDING - 1)).tolist(), strict=True))
