"""How an estimator becomes a model file and comes back: its choices as JSON, what it has learnt as tensors."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from attime.data.labels import LABEL_KINDS
from attime.errors import AttimeError, ModelFileError, OptionError
from attime.estimators.fitting import Module, together
from attime.estimators.scaling import SCALES
from attime.estimators.static import Covariate, StaticCode
from attime.names import pick
from attime.nn import Convolutional, Dictionary, Mixture, Recurrent, Transformer
from attime.nn.ensemble import Classifier
from attime.options import Options
from attime.persistence import ModelFile, read_model, write_model
from attime.training import History, TrainingOptions, device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.base import AttentionEstimator

REFUSED = (
    AttimeError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip
E = TypeVar("E", bound="AttentionEstimator")

OPTIONS: dict[str, type[Options]] = {
    kind.__name__: kind for kind in (Convolutional, Dictionary, Mixture, Recurrent, Transformer, TrainingOptions)
}
LEARNT = (
    "network_", "scaling_", "training_", "n_channels_", "n_steps_", "equal_lengths_", "has_gaps_", "time_unit_",
    "n_features_in_", "reason_", "target_mean_", "target_deviation_",
)  # fmt: skip


def save_estimator(estimator: AttentionEstimator, path: str | os.PathLike[str]) -> None:
    """Write a fitted estimator to `path`."""
    parameters = estimator.get_params(deep=False)
    if not isinstance(parameters["random_state"], Integral):
        parameters["random_state"] = None  # the state of a generator is no seed
    specification = {
        "estimator": type(estimator).__name__,
        "parameters": {name: _to_json(value) for name, value in parameters.items()},
        "learnt": {name: _to_json(getattr(estimator, name)) for name in LEARNT if hasattr(estimator, name)},
        "column_names": getattr(estimator, "feature_names_in_", np.empty(0)).tolist(),
        "histories": [{"best_epoch": part.best_epoch, "ended": part.ended} for part in estimator.histories_],
    }
    if estimator.static_ is not None:
        specification["static"] = _to_json(tuple(map(dataclasses.astuple, estimator.static_.covariates)))
    if hasattr(estimator, "classes_"):
        classes = estimator.classes_
        specification["classes"] = {"labels": _to_json(classes.tolist()), "kind": classes.dtype.kind}
    tensors = {
        **_named("module", estimator.module_.state_dict()),
        **_named("scale", _arrays(estimator.scale_)),
        **{
            name: part
            for number, history in enumerate(estimator.histories_)
            for name, part in _named(f"history {number}", _arrays(history)).items()
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
    file = read_model(path)
    found = file.specification.get("estimator")
    if found != cls.__name__:
        owner = "Explanation" if found == "explanation" else found
        raise ModelFileError(f"{path}: holds the model {found}, expected {cls.__name__}; load it with {owner}.load")
    try:
        return _restore(cls, file)
    except REFUSED as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelFileError(f"{path}: the model in it does not fit together ({reason}); save it again") from error


def _restore(cls: type[E], file: ModelFile) -> E:
    specification = file.specification
    estimator = cls(**{name: _from_json(value) for name, value in specification["parameters"].items()})
    for name in LEARNT:
        if name in specification["learnt"]:
            setattr(estimator, name, _from_json(specification["learnt"][name]))
    if "static" in specification:
        estimator.static_ = StaticCode(tuple(Covariate(*entry) for entry in _from_json(specification["static"])))
    if "classes" in specification:
        classes = specification["classes"]
        kind = pick(LABEL_KINDS, classes["kind"], what="kind of labels")
        estimator.classes_ = np.array(_from_json(classes["labels"]), dtype=kind)
    if specification["column_names"]:
        estimator.feature_names_in_ = np.array(specification["column_names"], dtype=object)
    scale = pick(SCALES, estimator.scaling_, what="scaling")
    estimator.scale_ = scale(**_numpy(_part(file.tensors, "scale")))
    estimator.histories_ = tuple(
        History(**_numpy(_part(file.tensors, f"history {number}")), **told)
        for number, told in enumerate(specification["histories"])
    )
    with torch.device("meta"):  # shapes only: what stands in the file is believed once its tensors fit
        module = _empty(estimator)
    module.load_state_dict(_part(file.tensors, "module"), assign=True)
    estimator.module_ = module.eval().to(device_or_cpu(estimator.training_.device))
    _ = estimator.bias_  # or what is missing would be missed in the first prediction only
    return estimator


def _empty(estimator: AttentionEstimator) -> Module:
    """Return the module that the descriptions stand for, to be filled."""
    network = estimator.network_
    if isinstance(network, Mixture):
        return estimator._build(network)
    return together([cast(Classifier, estimator._build(network)) for _ in estimator.histories_])


def _to_json(value: object) -> Any:
    """Return plain JSON values; what JSON does not know becomes a list that begins with its kind."""
    if isinstance(value, Options):
        pick(OPTIONS, type(value).__name__, what="kind of options")
        return ["options", type(value).__name__, {key: _to_json(part) for key, part in value.get_params().items()}]
    if isinstance(value, tuple | list):
        return [type(value).__name__, *map(_to_json, value)]
    if isinstance(value, Mapping):
        return ["mapping", *([_to_json(key), _to_json(part)] for key, part in value.items())]
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, str | int | float | bool | None):
        raise OptionError(
            f"{value!r} of type {type(value).__name__} cannot be saved; use text, numbers, or the options of attime"
        )
    return value


def _from_json(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "options":
        fields = {key: _from_json(part) for key, part in rest[1].items()}
        return pick(OPTIONS, rest[0], what="kind of options")().set_params(**fields).checked()
    if kind == "mapping":
        return {_from_json(key): _from_json(part) for key, part in rest}
    return pick({"tuple": tuple, "list": list}, kind, what="kind of value")(map(_from_json, rest))


def _arrays(value: object) -> dict[str, Tensor]:
    """Return the fields of a dataclass that are arrays; nothing of anything else."""
    if not dataclasses.is_dataclass(value):
        return {}
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {name: torch.from_numpy(part) for name, part in fields.items() if isinstance(part, np.ndarray)}


def _named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _numpy(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{prefix}."): part for name, part in tensors.items() if name.startswith(f"{prefix}.")}
