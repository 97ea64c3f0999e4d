"""How an estimator becomes a model file and comes back: its choices as JSON, what it has learnt as tensors."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import torch

from attime.data.labels import LABEL_KINDS
from attime.estimators.fitting import Module, together
from attime.estimators.scaling import SCALES
from attime.estimators.specification import (
    arrays_of,
    as_numpy,
    from_json,
    named,
    opened,
    parameters_of,
    part_of,
    to_json,
    values_of,
)
from attime.estimators.static import Covariate, StaticCode
from attime.names import pick
from attime.nn import Mixture
from attime.nn.ensemble import Classifier
from attime.persistence import ModelFile, write_model
from attime.training import History, device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.base import AttentionEstimator

E = TypeVar("E", bound="AttentionEstimator")

LEARNT = (
    "network_", "scaling_", "training_", "n_channels_", "n_steps_", "equal_lengths_", "has_gaps_", "time_unit_",
    "n_features_in_", "reason_", "target_mean_", "target_deviation_",
)  # fmt: skip


def save_estimator(estimator: AttentionEstimator, path: str | os.PathLike[str]) -> None:
    """Write a fitted estimator to `path`."""
    specification = {
        "estimator": type(estimator).__name__,
        "parameters": parameters_of(estimator),
        "learnt": {name: to_json(getattr(estimator, name)) for name in LEARNT if hasattr(estimator, name)},
        "column_names": getattr(estimator, "feature_names_in_", np.empty(0)).tolist(),
        "histories": [{"best_epoch": part.best_epoch, "ended": part.ended} for part in estimator.histories_],
    }
    if estimator.static_ is not None:
        specification["static"] = to_json(tuple(map(dataclasses.astuple, estimator.static_.covariates)))
    if hasattr(estimator, "classes_"):
        classes = estimator.classes_
        specification["classes"] = {"labels": to_json(classes.tolist()), "kind": classes.dtype.kind}
    tensors = {
        **named("module", estimator.module_.state_dict()),
        **named("scale", arrays_of(estimator.scale_)),
        **{
            name: part
            for number, history in enumerate(estimator.histories_)
            for name, part in named(f"history {number}", arrays_of(history)).items()
        },
    }
    write_model(path, ModelFile(specification, tensors))


def load_estimator(cls: type[E], path: str | os.PathLike[str]) -> E:
    """Read an estimator from `path`.

    Raises
    ------
    ModelFileError
        If the file is no model file, is damaged, or holds another kind of model.
    """
    with opened(path, cls.__name__) as file:
        return _restore(cls, file)


def _restore(cls: type[E], file: ModelFile) -> E:
    specification = file.specification
    estimator = cls(**values_of(specification["parameters"]))
    for name in LEARNT:
        if name in specification["learnt"]:
            setattr(estimator, name, from_json(specification["learnt"][name]))
    if "static" in specification:
        estimator.static_ = StaticCode(tuple(Covariate(*entry) for entry in from_json(specification["static"])))
    if "classes" in specification:
        classes = specification["classes"]
        kind = pick(LABEL_KINDS, classes["kind"], what="kind of labels")
        estimator.classes_ = np.array(from_json(classes["labels"]), dtype=kind)
    if specification["column_names"]:
        estimator.feature_names_in_ = np.array(specification["column_names"], dtype=object)
    scale = pick(SCALES, estimator.scaling_, what="scaling")
    estimator.scale_ = scale(**as_numpy(part_of(file.tensors, "scale")))
    estimator.histories_ = tuple(
        History(**as_numpy(part_of(file.tensors, f"history {number}")), **told)
        for number, told in enumerate(specification["histories"])
    )
    with torch.device("meta"):  # shapes only: what stands in the file is believed once its tensors fit
        module = _empty(estimator)
    module.load_state_dict(part_of(file.tensors, "module"), assign=True)
    estimator.module_ = module.eval().to(device_or_cpu(estimator.training_.device))
    _ = estimator.bias_  # or what is missing would be missed in the first prediction only
    return estimator


def _empty(estimator: AttentionEstimator) -> Module:
    """Return the module that the descriptions stand for, to be filled."""
    network = estimator.network_
    if isinstance(network, Mixture):
        return estimator._build(network)
    return together([cast(Classifier, estimator._build(network)) for _ in estimator.histories_])
