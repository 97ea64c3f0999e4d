"""How a forecaster becomes a model file and comes back, with as much of the series as it reads."""

from __future__ import annotations

import dataclasses
import os
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Shaped
from torch import Tensor

from attime.data.forecasting import Frequency, Panel, Record, Roles
from attime.data.static import as_static
from attime.errors import ModelFileError
from attime.estimators.card import write_card
from attime.estimators.filling import filled, finite, made
from attime.estimators.forecasting.limits import Limits
from attime.estimators.forecasting.plan import Plan
from attime.estimators.forecasting.scales import Scale
from attime.estimators.forecasting.told import learnt_from, told_of
from attime.estimators.specification import (
    arrays_of_histories,
    as_numpy,
    grouped,
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
from attime.persistence import ModelFile, write_model
from attime.training import TrainingOptions, device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.forecasting.forecaster import AttentionForecaster

#: What is learnt beside arrays, and of what type it is; files of older versions lack the last.
LEARNT: dict[str, type | tuple[type, ...]] = {
    "look_back_": int, "period_": (int, NoneType), "reason_": str, "training_": TrainingOptions, "n_steps_": int,
}  # fmt: skip
MEASURES = ("mean", "deviation", "covariate_mean", "covariate_deviation")


def save_forecaster(forecaster: AttentionForecaster, path: str | os.PathLike[str], *, card: bool = False) -> None:
    """Write a fitted forecaster to `path`, and a model card beside it if asked for."""
    scale, context = (
        forecaster.scale_,
        _tail(forecaster.context_, forecaster.look_back_ + 1),
    )  # and the time of the step before
    specification = {
        "estimator": type(forecaster).__name__,
        "parameters": parameters_of(forecaster),
        "learnt": {name: to_json(getattr(forecaster, name)) for name in LEARNT if hasattr(forecaster, name)},
        "plan": _fields(forecaster.plan_),
        "roles": _fields(forecaster.roles_),
        "frequency": None if forecaster.frequency_ is None else _fields(forecaster.frequency_),
        "names": list(scale.names),
        "distance": scale.distance,
        "static": None if scale.static is None else to_json(tuple(map(dataclasses.astuple, scale.static.covariates))),
        "static_values": None if context.static is None else context.static.to_dict("list"),
        "dated": context.records[0].stamps.dtype.kind == "M",
        **told_of(forecaster),
        "histories": told_of_histories(forecaster.histories_),
    }
    arrays = {
        **{f"scale.{name}": getattr(scale, name) for name in MEASURES},
        "limits.errors": forecaster.limits_.errors,
        "ends": np.array(list(forecaster.ends_.values())),
    }
    for number, record in enumerate(context):
        arrays |= {f"context {number}.{name}": getattr(record, name) for name in ("stamps", "target", "past", "future")}
    tensors = {
        **named("module", forecaster.module_.state_dict()),
        **named("ridge", forecaster.ridge_.state_dict()),
        **{name: _tensor(array) for name, array in arrays.items()},
        **arrays_of_histories(forecaster.histories_),
    }
    write_model(path, ModelFile(specification, tensors))
    if card:
        write_card(path)


def load_forecaster(cls: type[AttentionForecaster], path: str | os.PathLike[str]) -> AttentionForecaster:
    """Read a forecaster from `path`.

    Raises
    ------
    ModelFileError
        If the file is no model file, is damaged, or holds another kind of model.
    """
    with opened(path, cls.__name__) as file:
        return _restore(cls, file)


def _restore(cls: type[AttentionForecaster], file: ModelFile) -> AttentionForecaster:
    told, tensors = file.specification, file.tensors
    forecaster = cls(**values_of(told["parameters"]))
    set_learnt(forecaster, told["learnt"], LEARNT, may_lack=("n_steps_",))
    for name, value in learnt_from(told).items():
        setattr(forecaster, name, value)
    forecaster.histories_ = histories_from(file)
    forecaster.plan_, forecaster.roles_ = made(Plan, values_of(told["plan"])), made(Roles, values_of(told["roles"]))
    forecaster.frequency_ = None if told["frequency"] is None else made(Frequency, values_of(told["frequency"]))
    names, dated = tuple(told["names"]), told["dated"]
    frequency = forecaster.frequency_
    if not isinstance(dated, bool) or (frequency is not None and dated == (frequency.kind == "step")):
        raise ModelFileError("its times are of another kind than its frequency")
    measured = {"names": names, "distance": told["distance"], "static": static_from(told["static"])}
    forecaster.scale_ = made(Scale, {**measured, **finite(as_numpy(part_of(tensors, "scale")))})
    forecaster.limits_ = made(Limits, {"names": names, **as_numpy(part_of(tensors, "limits"))})
    forecaster.ends_ = dict(zip(names, _stamps(tensors["ends"], dated), strict=True))
    groups, records = grouped(tensors), []
    for number, name in enumerate(names):
        own = groups[f"context {number}"]
        stamps = _stamps(own.pop("stamps"), dated)
        records.append(made(Record, {"name": name, "stamps": stamps, **as_numpy(own)}))
    values = told["static_values"]
    frame = None if values is None else as_static(pd.DataFrame(values), len(names)).set_index(pd.Index(names))
    forecaster.context_ = Panel(tuple(records), forecaster.roles_, forecaster.frequency_, frame)
    forecaster._keeps_all = False
    plan = forecaster.plan_
    found = (len(forecaster.scale_.mean), *forecaster.limits_.errors.shape[::2], forecaster.look_back_)
    if found != (len(names), len(names), plan.horizon, plan.look_back) or forecaster.horizon != plan.horizon:
        raise ModelFileError("its parts were made for different series or horizons")
    forecaster.ridge_ = filled(plan.ridge, part_of(tensors, "ridge"))
    module = filled(plan.build, part_of(tensors, "module"))
    forecaster.module_ = module.to(device_or_cpu(forecaster.training_.device))
    return forecaster


def _tail(panel: Panel, n_steps: int) -> Panel:
    """Return the last steps of each series, and all that is known ahead."""
    records = []
    for record in panel:
        cut = slice(max(0, len(record) - n_steps), None)
        records.append(
            Record(record.name, record.stamps[cut], record.target[cut], record.past[:, cut], record.future[:, cut])
        )
    return dataclasses.replace(panel, records=tuple(records))


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _tensor(array: Shaped[np.ndarray, ...]) -> Tensor:
    """Return an array as a tensor; times as nanoseconds."""
    return torch.from_numpy(np.ascontiguousarray(array.view(np.int64) if array.dtype.kind == "M" else array))


def _stamps(tensor: Tensor, dated: bool) -> Shaped[np.ndarray, " time"]:
    return tensor.numpy().view("datetime64[ns]") if dated else tensor.numpy()
