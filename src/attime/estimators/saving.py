"""How an estimator becomes a model file and comes back: its choices as JSON, what it has learnt as tensors."""

from __future__ import annotations

import dataclasses
import math
import os
from types import NoneType
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from attime.data.labels import LABEL_KINDS
from attime.errors import ModelFileError
from attime.estimators.card import write_card
from attime.estimators.filling import filled, finite, made
from attime.estimators.fitting import Module, together
from attime.estimators.scaling import SCALES
from attime.estimators.specification import (
    arrays_of,
    arrays_of_histories,
    as_numpy,
    from_json,
    histories_from,
    named,
    opened,
    parameters_of,
    part_of,
    set_learnt,
    static_from,
    to_json,
    told_of_histories,
    values_of,
)
from attime.names import pick
from attime.nn import Mixture, Network
from attime.nn.ensemble import Classifier
from attime.persistence import ModelFile, write_model
from attime.training import TrainingOptions, device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.base import AttentionEstimator

E = TypeVar("E", bound="AttentionEstimator")

#: What is learnt beside arrays, and of what type it is.
LEARNT: dict[str, type | tuple[type, ...]] = {
    "network_": Network, "scaling_": str, "training_": TrainingOptions, "n_cases_": int, "n_channels_": int,
    "channels_": tuple, "n_steps_": int, "equal_lengths_": bool, "has_gaps_": bool, "time_unit_": (float, NoneType),
    "n_features_in_": int, "reason_": str, "target_mean_": float, "target_deviation_": float,
}  # fmt: skip
#: What not every kind of estimator learns, or files of older versions lack.
MAY_LACK = ("n_cases_", "channels_", "n_features_in_", "target_mean_", "target_deviation_")
MOST_STEPS = 10**9


def save_estimator(estimator: AttentionEstimator, path: str | os.PathLike[str], *, card: bool = False) -> None:
    """Write a fitted estimator to `path`, and a model card beside it if asked for."""
    specification = {
        "estimator": type(estimator).__name__,
        "parameters": parameters_of(estimator),
        "learnt": {name: to_json(getattr(estimator, name)) for name in LEARNT if hasattr(estimator, name)},
        "column_names": getattr(estimator, "feature_names_in_", np.empty(0)).tolist(),
        "histories": told_of_histories(estimator.histories_),
    }
    if estimator.static_ is not None:
        specification["static"] = to_json(tuple(map(dataclasses.astuple, estimator.static_.covariates)))
    if hasattr(estimator, "classes_"):
        classes = estimator.classes_
        specification["classes"] = {"labels": to_json(classes.tolist()), "kind": classes.dtype.kind}
    tensors = {
        **named("module", estimator.module_.state_dict()),
        **named("scale", arrays_of(estimator.scale_)),
        **arrays_of_histories(estimator.histories_),
    }
    write_model(path, ModelFile(specification, tensors))
    if card:
        write_card(path)


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
    set_learnt(estimator, specification["learnt"], LEARNT, may_lack=MAY_LACK)
    for name in ("target_mean_", "target_deviation_", "time_unit_"):
        if not math.isfinite(getattr(estimator, name, None) or 0.0):
            raise ModelFileError(f"{name} is no finite number")
    n_numbers = sum(tensor.numel() for tensor in file.tensors.values())
    if not (0 < estimator.n_channels_ <= n_numbers and 0 < estimator.n_steps_ <= MOST_STEPS):
        raise ModelFileError(f"{estimator.n_channels_} channels and {estimator.n_steps_} steps cannot be")
    channels = getattr(estimator, "channels_", ())
    if len(channels) not in (0, estimator.n_channels_) or not all(isinstance(name, str) for name in channels):
        raise ModelFileError("the names of its channels are none")
    if "static" in specification:
        estimator.static_ = static_from(specification["static"])
    if "classes" in specification:
        classes = specification["classes"]
        kind = pick(LABEL_KINDS, classes["kind"], what="kind of labels")
        estimator.classes_ = np.array(from_json(classes["labels"]), dtype=kind)
    if specification["column_names"]:
        estimator.feature_names_in_ = np.array(specification["column_names"], dtype=object)
    scale = pick(SCALES, estimator.scaling_, what="scaling")
    estimator.scale_ = made(scale, finite(as_numpy(part_of(file.tensors, "scale"))))
    estimator.histories_ = histories_from(file)
    module = filled(lambda: _empty(estimator), part_of(file.tensors, "module"))
    estimator.module_ = module.to(device_or_cpu(estimator.training_.device))
    _ = estimator.bias_  # or what is missing would be missed in the first prediction only
    return estimator


def _empty(estimator: AttentionEstimator) -> Module:
    """Return the module that the descriptions stand for, to be filled."""
    network = estimator.network_
    if isinstance(network, Mixture):
        return estimator._build(network)
    return together([cast(Classifier, estimator._build(network)) for _ in estimator.histories_])
