"""The graph of a forecaster: from the last steps of a series as they were measured to what comes, between limits."""

from __future__ import annotations

import copy
import warnings
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor, nn

from attime.data.forecasting import Record
from attime.errors import LimitsWarning
from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.limits import levels_of
from attime.estimators.forecasting.scales import n_known_ahead
from attime.export.graph import CASE, Axis, Graph, Input, Outputs, Said, by_name
from attime.nn.gaps import neighbours

OTHER = "\0"  # the name of no series
N_ASKED = 3  # series of which the forecaster is asked itself


def graph_of_forecast(forecaster: AttentionForecaster) -> Graph:
    """Return the graph of a fitted forecaster."""
    module, scale = Forecasting(forecaster), forecaster.scale_
    n_ahead, n_rows = n_known_ahead(forecaster.roles_), len(module.centre)
    time = Axis("time", forecaster.look_back_)
    level, spread = [float(scale.mean.mean())], [float(scale.deviation.mean())]
    level += module.centre[1:].flatten().tolist()
    spread += module.unit[1:].flatten().tolist()
    inputs = [
        Input("series", (CASE, Axis("row", n_rows), time), kind="past", level=tuple(level), spread=tuple(spread)),
        Input("owner", (CASE,), "int64", kind="owner", codes=(len(scale.names),)),
    ]
    if n_ahead:
        axes = (CASE, Axis("known ahead", n_ahead), Axis("step ahead", forecaster.horizon))
        own = slice(n_rows - n_ahead, None)
        inputs.append(Input("ahead", axes, kind="ahead", level=tuple(level[own]), spread=tuple(spread[own])))
    told = {
        "task": "forecast",
        "n_steps": forecaster.look_back_,
        "horizon": forecaster.horizon,
        "coverage": list(forecaster.coverage),
        "rows": rows_of(forecaster),
        "n_ahead": n_ahead,
        "series": list(map(str, scale.names)),
    }
    return Graph(module, tuple(inputs), told, partial(_said, forecaster, module), lengths=(forecaster.look_back_,))


def rows_of(forecaster: AttentionForecaster) -> list[str]:
    """Return what stands in each row of the input; those in brackets are given as ``Scale.features`` codes them."""
    roles, scale = forecaster.roles_, forecaster.scale_
    n_calendar = n_known_ahead(roles) - len(roles.future)
    return [
        str(roles.target),
        *map(str, roles.past),
        *([] if scale.distance is None else ["(elapsed)"]),
        *(f"(static {number})" for number in range(0 if scale.static is None else scale.static.n_features)),
        *map(str, roles.future),
        *(f"(calendar {number})" for number in range(n_calendar)),
    ]


def _said(forecaster: AttentionForecaster, graph: Forecasting) -> Said:
    """Ask the forecaster how some series of `fit` go on from where they end, or from where all is known ahead."""
    horizon, look_back, scale = forecaster.horizon, forecaster.look_back_, forecaster.scale_
    context = forecaster.context_
    panel = replace(
        context,
        records=tuple(map(_in_32_bits, context.records[:N_ASKED])),
        static=None if context.static is None else context.static.iloc[:N_ASKED],
    )
    origins = [_origin(each, horizon) if forecaster.roles_.future else len(each) for each in panel.records]
    predictor = replace(forecaster._predictor, module=graph.module)
    forecast = predictor.forecast(panel, [[origin] for origin in origins], coverage=forecaster.coverage)
    rows = scale.features(panel, np.array([[0.0, 1.0]] * len(origins)), horizon if graph.n_ahead else 0)
    unit, centre = graph.unit[1:].numpy(), graph.centre[1:].numpy()
    every = [
        np.pad(
            np.concatenate([row[:1], row[1:] * unit + centre])[:, : origin + horizon * bool(graph.n_ahead)],
            ((0, 0), (look_back, 0)),
            constant_values=np.nan,
        )[:, origin:].astype(np.float32)
        for row, origin in zip(rows, origins, strict=True)
    ]
    windows = np.stack(every)
    inputs = {"series": windows[..., :look_back]}
    inputs["owner"] = np.array([scale.names.index(each.name) for each in panel.records])
    if graph.n_ahead:
        inputs["ahead"] = windows[:, -graph.n_ahead :, look_back:]
    limits = {"low": forecast.low.swapaxes(0, 1), "high": forecast.high.swapaxes(0, 1)}
    return Said(inputs, {"prediction": forecast.values, **limits})


def _origin(record: Record, horizon: int) -> int:
    """Return the last step from which all is known that is to be known ahead."""
    return min(len(record), max(1, record.future.shape[1] - horizon))


def _in_32_bits(record: Record) -> Record:
    """Return a series with the numbers that the inputs of a graph can hold."""
    parts = {name: getattr(record, name).astype(np.float32).astype(np.float64) for name in ("target", "past", "future")}
    return replace(record, **parts)


class Forecasting(nn.Module):
    """Scaling, mask, network, and limits by the errors of the series that each window is from."""

    centre: Float64[Tensor, "row 1"]
    unit: Float64[Tensor, "row 1"]
    mean: Float64[Tensor, " series"]
    deviation: Float64[Tensor, " series"]
    offsets: Float64[Tensor, "series_and_other level step"]

    def __init__(self, forecaster: AttentionForecaster) -> None:
        super().__init__()
        self.module = copy.deepcopy(forecaster.module_).cpu().eval()
        scale, roles = forecaster.scale_, forecaster.roles_
        self.n_ahead, n_past = n_known_ahead(roles), len(roles.past)
        self.n_carried = len(roles.future)
        coded = ("(elapsed)", "(static", "(calendar")
        units = iter(zip(scale.covariate_mean, scale.covariate_deviation, strict=True))
        rows = [(0.0, 1.0) if row.startswith(coded) else next(units) for row in rows_of(forecaster)[1:]]
        assert n_past <= len(rows)
        centre, unit = np.array([(0.0, 1.0), *rows]).T
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LimitsWarning)
            levels = levels_of(forecaster.coverage)
            offsets = np.array([forecaster.limits_.offsets(name, levels) for name in (*scale.names, OTHER)])
        for name, array in {
            "centre": centre[:, None], "unit": unit[:, None], "mean": scale.mean, "deviation": scale.deviation,
            "offsets": offsets,
        }.items():  # fmt: skip
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64)))

    def forward(self, *inputs: Tensor) -> Outputs:
        """Return what is said of each window, by name."""
        series, owner, *rest = inputs
        every = torch.cat([series, _beside(rest[0], series.shape[1])], -1).double() if rest else series.double()
        known = owner >= 0
        place = owner.clamp(min=0)
        own_mean, own_deviation = _measured(every[:, 0])
        mean = torch.where(known, self.mean[place], own_mean)[:, None]
        deviation = torch.where(known, self.deviation[place], own_deviation)[:, None]
        target, others = (every[:, 0] - mean) / deviation, (every - self.centre)[:, 1:] / self.unit[1:]
        scaled = torch.cat([target.unsqueeze(1), others], 1)
        if self.n_ahead and self.n_carried:
            scaled = self._carried_on(scaled)
        observed = ~scaled.isnan()
        values, n_steps = torch.where(observed, scaled, 0.0).float(), series.shape[2]
        ahead = (values[:, -self.n_ahead :, n_steps:],) if self.n_ahead else ()
        output = self.module(values[..., :n_steps], observed[..., :n_steps], *ahead)
        expected = output.prediction.double()
        around = self.offsets[torch.where(known, owner, len(self.mean))].transpose(0, 1)
        low, high = ((expected + around) * deviation + mean).float().chunk(2)
        return {
            "prediction": (expected * deviation + mean).float(),
            "low": low.transpose(0, 1),
            "high": high.transpose(0, 1),
            **by_name(output.maps),
        }

    def _carried_on(self, scaled: Tensor) -> Tensor:
        """Let what is known ahead, where it is missing, be like the last value before it."""
        first = scaled.shape[1] - self.n_ahead
        carried = scaled[:, first : first + self.n_carried]
        before = neighbours(~carried.isnan())[0].clamp(min=0)
        return torch.cat([scaled[:, :first], carried.gather(-1, before), scaled[:, first + self.n_carried :]], 1)


def _beside(ahead: Tensor, n_rows: int) -> Tensor:
    """Return what is known ahead in the last rows, and nothing in the others."""
    nothing = torch.full_like(ahead[:, :1], torch.nan).expand(-1, n_rows - ahead.shape[1], -1)
    return torch.cat([nothing, ahead], 1)


def _measured(values: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and deviation of what was observed, 0 and 1 where nothing was; by these, others are measured."""
    observed = ~values.isnan()
    values, n = torch.where(observed, values, 0.0), observed.sum(1).clamp(min=1)
    mean = values.sum(1) / n
    deviation = (torch.where(observed, values - mean[:, None], 0.0).square().sum(1) / n).sqrt()
    size = values.abs().amax(1).clamp(min=1.0)
    return mean, torch.where(deviation > 1e-12 * size, deviation, 1.0)
