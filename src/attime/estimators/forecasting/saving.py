"""How a forecaster becomes a model file and comes back, with as much of the series as it reads."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Shaped
from torch import Tensor

from attime.data.forecasting import Frequency, Panel, Record, Roles
from attime.data.static import as_static
from attime.estimators.forecasting.limits import Limits
from attime.estimators.forecasting.plan import Plan
from attime.estimators.forecasting.scales import Scale
from attime.estimators.forecasting.told import learnt_from, told_of
from attime.estimators.specification import (
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
from attime.persistence import ModelFile, write_model
from attime.training import device_or_cpu

if TYPE_CHECKING:
    from attime.estimators.forecasting.forecaster import AttentionForecaster

LEARNT = ("look_back_", "period_", "reason_", "training_")
MEASURES = ("mean", "deviation", "covariate_mean", "covariate_deviation")


def save_forecaster(forecaster: AttentionForecaster, path: str | os.PathLike[str]) -> None:
    """Write a fitted forecaster to `path`."""
    scale, context = (
        forecaster.scale_,
        _tail(forecaster.context_, forecaster.look_back_ + 1),
    )  # and the time of the step before
    specification = {
        "estimator": type(forecaster).__name__,
        "parameters": parameters_of(forecaster),
        "learnt": {name: to_json(getattr(forecaster, name)) for name in LEARNT},
        "plan": _fields(forecaster.plan_),
        "roles": _fields(forecaster.roles_),
        "frequency": None if forecaster.frequency_ is None else _fields(forecaster.frequency_),
        "names": list(scale.names),
        "distance": scale.distance,
        "static": None if scale.static is None else to_json(tuple(map(dataclasses.astuple, scale.static.covariates))),
        "static_values": None if context.static is None else context.static.to_dict("list"),
        "dated": context.records[0].stamps.dtype.kind == "M",
        **told_of(forecaster),
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
    }
    write_model(path, ModelFile(specification, tensors))


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
    learnt = {name: from_json(told["learnt"][name]) for name in LEARNT} | learnt_from(told)
    for name, value in learnt.items():
        setattr(forecaster, name, value)
    forecaster.plan_, forecaster.roles_ = Plan(**values_of(told["plan"])), Roles(**values_of(told["roles"]))
    forecaster.frequency_ = None if told["frequency"] is None else Frequency(**values_of(told["frequency"]))
    names, dated = tuple(told["names"]), told["dated"]
    static = None if told["static"] is None else StaticCode(tuple(Covariate(*it) for it in from_json(told["static"])))
    forecaster.scale_ = Scale(names, **as_numpy(part_of(tensors, "scale")), distance=told["distance"], static=static)
    forecaster.limits_ = Limits(names, **as_numpy(part_of(tensors, "limits")))
    forecaster.ends_ = dict(zip(names, _stamps(tensors["ends"], dated), strict=True))
    records = []
    for number, name in enumerate(names):
        own = part_of(tensors, f"context {number}")
        records.append(Record(name, _stamps(own.pop("stamps"), dated), **as_numpy(own)))
    values = told["static_values"]
    frame = None if values is None else as_static(pd.DataFrame(values), len(names)).set_index(pd.Index(names))
    forecaster.context_ = Panel(tuple(records), forecaster.roles_, forecaster.frequency_, frame)
    forecaster._keeps_all = False
    with torch.device("meta"):  # shapes only: what stands in the file is believed once its tensors fit
        module, ridge = forecaster.plan_.build(), forecaster.plan_.ridge()
    ridge.load_state_dict(part_of(tensors, "ridge"), assign=True)
    module.load_state_dict(part_of(tensors, "module"), assign=True)
    forecaster.ridge_ = ridge.eval()
    forecaster.module_ = module.eval().to(device_or_cpu(forecaster.training_.device))
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
