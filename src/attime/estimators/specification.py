"""What estimators are told and have learnt, as plain JSON values and tensors by name."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from torch import Tensor

from attime.errors import AttimeError, ModelFileError, OptionError
from attime.names import pick
from attime.nn import Convolutional, Dictionary, Mixture, Recurrent, Transformer
from attime.nn.networks.detection import RECONSTRUCTORS
from attime.nn.networks.forecasting import FORECASTERS
from attime.options import Options
from attime.persistence import ModelFile, read_model
from attime.training import TrainingOptions

REFUSED = (
    AttimeError, ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip

OPTIONS: dict[str, type[Options]] = {
    kind.__name__: kind
    for kind in (
        *(Convolutional, Dictionary, Mixture, Recurrent, Transformer, TrainingOptions),
        *map(type, FORECASTERS.values()),
        *map(type, RECONSTRUCTORS.values()),
    )
}


def parameters_of(estimator: BaseEstimator) -> dict[str, Any]:
    """Return the parameters of an estimator in JSON; the state of a generator is no seed, and so is left out."""
    parameters = estimator.get_params(deep=False)
    if not isinstance(parameters["random_state"], Integral):
        parameters["random_state"] = None
    return {name: to_json(value) for name, value in parameters.items()}


@contextmanager
def opened(path: str | os.PathLike[str], kind: str) -> Iterator[ModelFile]:
    """Read a model file of an estimator of that kind, and say so if what stands in it does not fit together.

    Raises
    ------
    ModelFileError
        If the file is no model file, is damaged, or holds another kind of model.
    """
    file = read_model(path)
    found = file.specification.get("estimator")
    if found != kind:
        owner = "Explanation" if found == "explanation" else found
        raise ModelFileError(f"{path}: holds the model {found}, expected {kind}; load it with {owner}.load")
    try:
        yield file
    except REFUSED as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelFileError(f"{path}: the model in it does not fit together ({reason}); save it again") from error


def to_json(value: object) -> Any:
    """Return plain JSON values; what JSON does not know becomes a list that begins with its kind."""
    if isinstance(value, Options):
        pick(OPTIONS, type(value).__name__, what="kind of options")
        return ["options", type(value).__name__, {key: to_json(part) for key, part in value.get_params().items()}]
    if isinstance(value, tuple | list):
        return [type(value).__name__, *map(to_json, value)]
    if isinstance(value, Mapping):
        return ["mapping", *([to_json(key), to_json(part)] for key, part in value.items())]
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, str | int | float | bool | None):
        raise OptionError(
            f"{value!r} of type {type(value).__name__} cannot be saved; use text, numbers, or the options of attime"
        )
    return value


def from_json(value: Any) -> Any:
    """Return what `to_json` made plain."""
    if not isinstance(value, list):
        return value
    kind, *rest = value
    if kind == "options":
        fields = {key: from_json(part) for key, part in rest[1].items()}
        return pick(OPTIONS, rest[0], what="kind of options")().set_params(**fields).checked()
    if kind == "mapping":
        return {from_json(key): from_json(part) for key, part in rest}
    return pick({"tuple": tuple, "list": list}, kind, what="kind of value")(map(from_json, rest))


def values_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by name, each of which `to_json` made plain."""
    return {name: from_json(value) for name, value in told.items()}


def arrays_of(value: object) -> dict[str, Tensor]:
    """Return the fields of a dataclass that are arrays; nothing of anything else."""
    if not dataclasses.is_dataclass(value):
        return {}
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {name: torch.from_numpy(part) for name, part in fields.items() if isinstance(part, np.ndarray)}


def named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Put a name before the names of tensors."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def as_numpy(tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    """Return tensors as arrays."""
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def part_of(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin so, without that."""
    return {name.removeprefix(f"{prefix}."): part for name, part in tensors.items() if name.startswith(f"{prefix}.")}
