"""The graph of a classifier or a regressor: from series as they were measured to prediction, evidence and attention."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from attime.data import SeriesSet, TrainingScale
from attime.errors import UnsuitableError
from attime.estimators import AttentionClassifier, AttentionRegressor
from attime.estimators.base import AttentionEstimator
from attime.estimators.fitting import Module
from attime.estimators.scaling import BothScales, CaseScale, NoScale, Scale
from attime.estimators.static import Covariate, StaticCode
from attime.export.graph import CASE, TIME, Axis, Graph, Input, Outputs, Said, by_name
from attime.export.scaling import Both, ByCase, ByTraining, InGraph, Unscaled
from attime.nn import DictionaryClassifier

N_ASKED = 6  # cases of which the estimator is asked itself


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
        partial(_said, estimator, module, tuple(inputs)),
        lengths=(n_steps, max(2, n_steps // 2), n_steps - 1 if n_steps > 2 else n_steps),
        words=any(isinstance(part, DictionaryClassifier) for part in module.modules()),
    )


def _told(estimator: AttentionEstimator, code: StaticCode | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "channels": getattr(estimator, "channels_", ()),
        "columns": list(map(str, getattr(estimator, "feature_names_in_", ()))),
        "n_columns": getattr(estimator, "n_features_in_", None),
        "equal_lengths": estimator.equal_lengths_,
        "static": [] if code is None else [{"name": part.name, "words": part.words} for part in code.covariates],
        "time_unit": estimator.time_unit_,
    }
    if isinstance(estimator, AttentionClassifier):
        strange = next((name for name in estimator.classes_.tolist() if not isinstance(name, str | int | float)), None)
        if strange is not None:
            raise UnsuitableError(
                f"a class called {strange!r} arrived, expected words, numbers or truth values, which an ONNX file can "
                "hold; name the classes so"
            )
        told |= {"task": "classify", "classes": estimator.classes_.tolist(), "kind": estimator.classes_.dtype.kind}
    else:
        told |= {"task": "regress"}
    return told


def _said(estimator: AttentionEstimator, module: nn.Module, wanted: tuple[Input, ...]) -> Said:
    """Ask the estimator, with its network as the graph has it: on the processor, and in 32 bits."""
    rng = np.random.default_rng(0)
    inputs = {each.name: each.drawn(N_ASKED, estimator.n_steps_, rng) for each in wanted}
    series = SeriesSet.of(inputs["series"], times=inputs.get("times"), static=_uncoded(estimator.static_, inputs))
    asked = copy.copy(estimator)
    asked.module_ = cast(Module, module)
    asked.training_ = replace(estimator.training_, precision="fp32")
    predict = asked.predict_proba if isinstance(asked, AttentionClassifier) else asked.predict
    return Said(inputs, {"prediction": predict(series)})


def _uncoded(code: StaticCode | None, inputs: Mapping[str, np.ndarray]) -> pd.DataFrame | None:
    """Return static covariates as an estimator takes them."""
    if code is None:
        return None
    columns = zip(code.covariates, inputs["static"].T, strict=True)
    return pd.DataFrame({part.name: _column(part, numbers) for part, numbers in columns})


def _column(part: Covariate, numbers: np.ndarray) -> pd.Series[Any]:
    if part.words is None:
        return pd.Series(numbers.astype(np.float64))
    other = max(part.words, key=len) + "…"
    return pd.Series([other if number < 0 else part.words[int(number)] for number in numbers], dtype=object)


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
    """Return a scale as a part of a graph.

    Raises
    ------
    UnsuitableError
        If nothing is known of how it scales.
    """
    kind = type(scale)
    if kind in (BothScales, TrainingScale):
        assert isinstance(scale, TrainingScale)
        return (Both if kind is BothScales else ByTraining)(scale.mean, scale.deviation)
    if kind in (CaseScale, NoScale):
        return ByCase() if kind is CaseScale else Unscaled()
    raise UnsuitableError(
        f"an estimator with the scale {kind.__name__} arrived, of which no graph is known; fit it with scaling='case', "
        "'training', 'both' or 'none', or serve the .attime file"
    )


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
