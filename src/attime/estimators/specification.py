"""What estimators are told and have learnt, as plain JSON values and tensors by name."""

from __future__ import annotations

import dataclasses
import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from torch import Tensor

from attime.errors import MissingExtraError, ModelFileError, OptionError
from attime.estimators.filling import made
from attime.estimators.static import Covariate, StaticCode
from attime.names import pick
from attime.nn import Convolutional, Dictionary, Mixture, Recurrent, Transformer
from attime.nn.networks.detection import RECONSTRUCTORS
from attime.nn.networks.forecasting import FORECASTERS
from attime.options import Options
from attime.persistence import ModelFile, in_line, read_model
from attime.training import History, TrainingOptions

LARGEST = 10**6  # size in the description of a network: beyond it only building it would take long
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
        remedy = "Explanation.load" if found == "explanation" else "attime.load"
        raise ModelFileError(f"{path}: holds the model {in_line(found)}, expected {kind}; load it with {remedy}")
    try:
        yield file
    except (MissingExtraError, MemoryError):
        raise  # says which package brings what the model needs, or has nothing to do with the file
    except Exception as error:  # what does not fit together breaks in a dozen ways
        reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
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
        if rest[0] != TrainingOptions.__name__:
            _refuse_size(fields)
        return pick(OPTIONS, rest[0], what="kind of options")().set_params(**fields).checked()
    if kind == "mapping":
        return {from_json(key): from_json(part) for key, part in rest}
    return pick({"tuple": tuple, "list": list}, kind, what="kind of value")(map(from_json, rest))


def _refuse_size(value: object) -> None:
    """Raise if a number in the description of a network is larger than any that is meant."""
    if isinstance(value, Mapping | tuple | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            _refuse_size(part)
    elif isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise OptionError(f"{in_line(value)} arrived in the description of a network, expected {LARGEST:,} at most")


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


def set_learnt(
    estimator: object,
    told: Mapping[str, Any],
    kinds: Mapping[str, type | tuple[type, ...]],
    *,
    may_lack: Collection[str] = (),
) -> None:
    """Give an estimator the attributes that `to_json` made plain, each of the type that belongs to its name.

    Raises
    ------
    OptionError
        If there is one of another name.
    ModelFileError
        If one is of another type, or missing.
    """
    for name, value in values_of(told).items():
        kind = pick(kinds, name, what="learnt attribute")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ModelFileError(f"{name} is {in_line(value)}")
        setattr(estimator, name, value)
    for name in kinds:
        if name not in told and name not in may_lack:
            raise ModelFileError(f"{name} is missing")


def grouped(tensors: Mapping[str, Tensor]) -> defaultdict[str, dict[str, Tensor]]:
    """Return tensors by what stands before the first point of their names, as `named` put it there."""
    groups: defaultdict[str, dict[str, Tensor]] = defaultdict(dict)
    for name, tensor in tensors.items():
        prefix, _, rest = name.partition(".")
        groups[prefix][rest] = tensor
    return groups


def part_of(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin so, without that."""
    return grouped(tensors)[prefix]


def static_from(told: Any) -> StaticCode | None:
    """Return how static covariates are coded, as `to_json` made it plain; None without any."""
    if told is None:
        return None
    names = [field.name for field in dataclasses.fields(Covariate)]
    return StaticCode(tuple(made(Covariate, dict(zip(names, entry, strict=True))) for entry in from_json(told)))


def told_of_histories(histories: Sequence[History]) -> list[dict[str, Any]]:
    """Return in JSON what histories say beside their arrays."""
    return [{"best_epoch": part.best_epoch, "ended": part.ended} for part in histories]


def arrays_of_histories(histories: Sequence[History]) -> dict[str, Tensor]:
    """Return the arrays of histories by name."""
    parts = [named(f"history {number}", arrays_of(history)) for number, history in enumerate(histories)]
    return {name: array for part in parts for name, array in part.items()}


def histories_from(file: ModelFile) -> tuple[History, ...]:
    """Return the histories in a file; none, if it keeps none."""
    groups = grouped(file.tensors)
    return tuple(
        made(History, as_numpy(groups[f"history {number}"]) | told)
        for number, told in enumerate(file.specification.get("histories", ()))
    )
