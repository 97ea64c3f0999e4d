"""The graph of a classifier or a regressor: from series as they were measured to prediction, evidence and attention."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from attime.data import TrainingScale
from attime.estimators import AttentionClassifier, AttentionRegressor
from attime.estimators.base import AttentionEstimator
from attime.estimators.scaling import BothScales, CaseScale, Scale
from attime.estimators.static import StaticCode
from attime.export.graph import CASE, TIME, Axis, Graph, Input, Outputs, by_name
from attime.export.scaling import Both, ByCase, ByTraining, InGraph, Unscaled
from attime.nn import DictionaryClassifier


def graph_of_outcomes(estimator: AttentionEstimator) -> Graph:
    """Return the graph of a fitted classifier or regressor."""
    scale, code = estimator.scale_, estimator.static_
    level: tuple[float, ...] = (0.0,)
    spread: tuple[float, ...] = (1.0,)
    if isinstance(scale, TrainingScale):
        level, spread = tuple(scale.mean.tolist()), tuple(scale.deviation.tolist())
    axes = (CASE, Axis("channel", estimator.n_channels_), TIME)
    inputs = [Input("series", axes, level=level, spread=spread)]
    if estimator.time_unit_ is not None:
        inputs.append(Input("times", (CASE, TIME), "float64", kind="times", spread=(estimator.time_unit_,)))
    if code is not None:
        sizes = tuple(len(part.words or ()) for part in code.covariates)
        level = tuple(0.0 if part.words else part.centre[0] for part in code.covariates)
        spread = tuple(1.0 if part.words else part.unit for part in code.covariates)
        covariates = Axis("covariate", len(sizes))
        inputs.append(Input("static", (CASE, covariates), kind="static", codes=sizes, level=level, spread=spread))
    module, n_steps = copy.deepcopy(estimator.module_).cpu().eval(), estimator.n_steps_
    return Graph(
        Outcomes(estimator, module),
        tuple(inputs),
        {"n_channels": estimator.n_channels_, "n_steps": n_steps} | _told(estimator, code),
        lengths=(n_steps, max(2, n_steps // 2), n_steps - 1 if n_steps > 2 else n_steps),
        words=any(isinstance(part, DictionaryClassifier) for part in module.modules()),
    )


def _told(estimator: AttentionEstimator, code: StaticCode | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "channels": getattr(estimator, "channels_", ()),
        "static": [] if code is None else [{"name": part.name, "words": part.words} for part in code.covariates],
        "time_unit": estimator.time_unit_,
    }
    if isinstance(estimator, AttentionClassifier):
        told |= {"task": "classify", "classes": estimator.classes_.tolist(), "kind": estimator.classes_.dtype.kind}
    else:
        told |= {"task": "regress"}
    return told


class Outcomes(nn.Module):
    """Scaling, mask, network, and the outcome in its own unit."""

    def __init__(self, estimator: AttentionEstimator, module: nn.Module) -> None:
        super().__init__()
        self.scale, self.module = in_graph(estimator.scale_), module
        self.unit = estimator.time_unit_
        self.coded = None if estimator.static_ is None else Coded(estimator.static_)
        self.classifies = isinstance(estimator, AttentionClassifier)
        self.mean, self.deviation = 0.0, 1.0
        if isinstance(estimator, AttentionRegressor):
            self.mean, self.deviation = estimator.target_mean_, estimator.target_deviation_

    def forward(self, *inputs: Tensor) -> Outputs:
        """Return what is said of each case, by name."""
        series, *rest = inputs
        observed = ~series.isnan()
        values = self.scale(torch.where(observed, series, 0.0).double(), observed).float()
        times = None
        if self.unit is not None:
            when = rest.pop(0)
            times = ((when - when[:, :1]) / self.unit).float()
        known = () if self.coded is None else (self.coded(rest.pop(0)),)
        seen = torch.cat([observed] * (values.shape[1] // series.shape[1]), 1)  # twice on both scales
        output = self.module(values, seen, times, *known)
        found: Outputs = {}
        logits, evidence = output.prediction, output.evidence
        assert evidence is not None
        if self.classifies:
            found |= {"prediction": logits.softmax(-1), "logits": logits}
        else:
            found["prediction"] = (logits[:, 0].double() * self.deviation + self.mean).float()
        found["evidence"] = evidence * self.deviation
        if self.coded is not None:
            assert output.static_evidence is not None
            found["static_evidence"] = self.coded.by_covariate(output.static_evidence) * self.deviation
        return found | by_name(output.maps)


def in_graph(scale: Scale) -> InGraph:
    """Return a scale as a part of a graph."""
    if isinstance(scale, BothScales):
        return Both(scale.mean, scale.deviation)
    if isinstance(scale, TrainingScale):
        return ByTraining(scale.mean, scale.deviation)
    return ByCase() if isinstance(scale, CaseScale) else Unscaled()


class Coded(nn.Module):
    """Static covariates as a network gets them; of a column of words comes the number of the word, −1 for others."""

    def __init__(self, code: StaticCode) -> None:
        super().__init__()
        self.sizes = [len(part.words or ()) for part in code.covariates]
        self.units = [part.unit or float("inf") for part in code.covariates]
        for number, part in enumerate(code.covariates):
            self.register_buffer(f"centre_{number}", torch.tensor(part.centre, dtype=torch.float64))

    def forward(self, static: Tensor) -> Tensor:
        """Return the numbers of each case."""
        parts = []
        for number, (size, unit) in enumerate(zip(self.sizes, self.units, strict=True)):
            column, centre = static[:, number : number + 1].double(), getattr(self, f"centre_{number}")
            if size:
                found = column == torch.arange(size)
                parts.append(torch.where(found.any(1, keepdim=True), found.double() - centre, 0.0))
            else:
                parts.append(torch.where(column.isnan(), 0.0, (column - centre) / unit))
        return torch.cat(parts, 1).float()

    def by_covariate(self, evidence: Tensor) -> Tensor:
        """Add up what belongs to one covariate."""
        parts = evidence.split([max(size, 1) for size in self.sizes], -1)
        return torch.stack([part.sum(-1) for part in parts], -1)
