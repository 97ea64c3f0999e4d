"""How a classifier becomes a model file and comes back: its choices as JSON, what it has learnt as tensors."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from attime.data.labels import LABEL_KINDS
from attime.errors import AttimeError, ModelFileError, OptionError
from attime.estimators.scaling import SCALES
from attime.names import pick
from attime.nn import Convolutional, Ensemble, Recurrent, Transformer
from attime.options import Options
from attime.persistence import ModelFile, read_model, write_model
from attime.training import History, TrainingOptions, device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.classifier import AttentionClassifier

REFUSED = (
    AttimeError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip
C = TypeVar("C", bound="AttentionClassifier")

OPTIONS: dict[str, type[Options]] = {
    kind.__name__: kind for kind in (Convolutional, Recurrent, Transformer, TrainingOptions)
}
LEARNT = (
    "network_", "scaling_", "training_", "n_channels_", "n_steps_", "equal_lengths_", "has_gaps_", "time_unit_",
    "n_features_in_",
)  # fmt: skip


def save_classifier(classifier: AttentionClassifier, path: str | os.PathLike[str]) -> None:
    """Write a fitted classifier to `path`."""
    parameters = classifier.get_params(deep=False)
    if not isinstance(parameters["random_state"], Integral):
        parameters["random_state"] = None  # the state of a generator is no seed
    specification = {
        "estimator": type(classifier).__name__,
        "parameters": {name: _to_json(value) for name, value in parameters.items()},
        "learnt": {name: _to_json(getattr(classifier, name)) for name in LEARNT if hasattr(classifier, name)},
        "classes": {"labels": _to_json(classifier.classes_.tolist()), "kind": classifier.classes_.dtype.kind},
        "column_names": getattr(classifier, "feature_names_in_", np.empty(0)).tolist(),
        "histories": [{"best_epoch": part.best_epoch, "ended": part.ended} for part in classifier.histories_],
    }
    tensors = {
        **_named("module", classifier.module_.state_dict()),
        **_named("scale", _arrays(classifier.scale_)),
        **{
            name: part
            for number, history in enumerate(classifier.histories_)
            for name, part in _named(f"history {number}", _arrays(history)).items()
        },
    }
    write_model(path, ModelFile(specification, tensors))


def load_classifier(cls: type[C], path: str | os.PathLike[str]) -> C:
    """Read a classifier from `path`.

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


def _restore(cls: type[C], file: ModelFile) -> C:
    specification = file.specification
    classifier = cls(**{name: _from_json(value) for name, value in specification["parameters"].items()})
    for name in LEARNT:
        if name in specification["learnt"]:
            setattr(classifier, name, _from_json(specification["learnt"][name]))
    classes = specification["classes"]
    kind = pick(LABEL_KINDS, classes["kind"], what="kind of labels")
    classifier.classes_ = np.array(_from_json(classes["labels"]), dtype=kind)
    if specification["column_names"]:
        classifier.feature_names_in_ = np.array(specification["column_names"], dtype=object)
    scale = pick(SCALES, classifier.scaling_, what="scaling")
    classifier.scale_ = scale(**_numpy(_part(file.tensors, "scale")))
    classifier.histories_ = tuple(
        History(**_numpy(_part(file.tensors, f"history {number}")), **told)
        for number, told in enumerate(specification["histories"])
    )
    with torch.device("meta"):  # shapes only: what stands in the file is believed once its tensors fit
        networks = [classifier._build() for _ in classifier.histories_]
        module = networks[0] if len(networks) == 1 else Ensemble(networks)
    module.load_state_dict(_part(file.tensors, "module"), assign=True)
    classifier.module_ = module.eval().to(device_or_cpu(classifier.training_.device))
    return classifier


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
