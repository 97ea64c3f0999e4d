"""`Predictor`: from series and the steps at which the future begins to forecasts with limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from jaxtyping import Float64, Shaped
from torch import nn

from attime.attention import AttentionMap
from attime.data.forecasting import Panel, Record
from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.gradient import gradient_map
from attime.estimators.forecasting.limits import Limits, levels_of
from attime.estimators.forecasting.scales import Scale, n_known_ahead
from attime.nn import Output
from attime.training import Windows, run

Origins = Sequence[Sequence[int]]


@dataclass(frozen=True, eq=False)
class Cutter:
    """What it takes to cut windows out of series.

    Attributes
    ----------
    scale
        What series are measured by.
    look_back, horizon
        Steps that are read, and steps ahead.
    """

    scale: Scale
    look_back: int
    horizon: int

    def windows(self, panel: Panel, origins: Origins) -> Windows:
        """Cut windows out of series; for each of these `origins` says where the future begins."""
        self.scale.tell_of_others(panel)
        n_ahead = self.horizon if n_known_ahead(panel.roles) else 0
        return Windows.of(
            self.scale.features(panel, self.measures(panel, origins), n_ahead),
            look_back=self.look_back,
            horizon=self.horizon,
            origins=origins,
            n_ahead=n_known_ahead(panel.roles),
        )

    def measures(self, panel: Panel, origins: Origins | None = None) -> Float64[np.ndarray, "series two"]:
        """Return what each series is measured by: nothing that comes after its first origin."""
        own = [[]] * len(panel) if origins is None else origins
        return self.scale.measures(
            panel, [min(part, default=len(record)) for part, record in zip(own, panel, strict=True)]
        )


@dataclass(frozen=True, eq=False)
class Predictor(Cutter):
    """What it takes to forecast.

    Attributes
    ----------
    module
        The network.
    limits
        How far off forecasts are.
    """

    module: nn.Module
    limits: Limits

    def forecast(
        self, panel: Panel, origins: Origins, *, coverage: Sequence[float], windows: Windows | None = None
    ) -> Forecast:
        """Forecast from every origin."""
        windows = self.windows(panel, origins) if windows is None else windows
        outputs = list(run(self.module, windows, precision="fp32"))
        scaled = torch.cat([output.prediction.cpu() for output in outputs]).double().numpy()
        owners = windows.owners.numpy()
        mean, deviation = self.measures(panel, origins)[owners].T
        levels = levels_of(coverage)
        around = np.array([self.limits.offsets(name, levels) for name in panel.names])[owners].swapaxes(0, 1)
        low, high = np.split((scaled + around) * deviation[:, np.newaxis] + mean[:, np.newaxis], 2)
        past = [past_of(record, own, self.look_back) for record, own in zip(panel, origins, strict=True)]
        return Forecast(
            series=tuple(np.array(panel.names, dtype=object)[owners].tolist()),
            stamps=np.concatenate(
                [stamps_after(panel, record, own, self.horizon) for record, own in zip(panel, origins, strict=True)]
            ),
            values=scaled * deviation[:, np.newaxis] + mean[:, np.newaxis],
            low=low,
            high=high,
            coverage=tuple(coverage),
            past=np.concatenate([values for values, _ in past]),
            past_stamps=np.concatenate([stamps for _, stamps in past]),
            mean=mean,
            deviation=deviation,
            maps=(*_joined(outputs), gradient_map(self.module, windows)),
            columns=(panel.roles.series, panel.roles.time),
            numbered=panel.roles.numbered,
            zone=panel.roles.zone,
            by_day=panel.roles.by_day,
        )


def past_of(
    record: Record, origins: Sequence[int], n_steps: int
) -> tuple[Float64[np.ndarray, "origin time"], Shaped[np.ndarray, "origin time"]]:
    """Return the last steps before each origin and when they were; missing before the series begins."""
    stamps = record.stamps[: len(record)]
    never = np.datetime64("NaT") if stamps.dtype.kind == "M" else np.nan
    steps = np.asarray(origins, dtype=np.int64)[:, np.newaxis] + np.arange(n_steps)
    return (
        np.concatenate([np.full(n_steps, np.nan), record.target])[steps],
        np.concatenate([np.full(n_steps, never), stamps])[steps],
    )


def actual_of(record: Record, origins: Sequence[int], n_steps: int) -> Float64[np.ndarray, "origin step"]:
    """Return what happened from each origin on; missing after the series ends."""
    steps = np.asarray(origins, dtype=np.int64)[:, np.newaxis] + np.arange(n_steps)
    return np.concatenate([record.target, np.full(n_steps, np.nan)])[steps]


def stamps_after(
    panel: Panel, record: Record, origins: Sequence[int], n_steps: int
) -> Shaped[np.ndarray, "origin step"]:
    """Return when the steps from each origin on are."""
    steps = np.asarray(origins, dtype=np.int64)[:, np.newaxis] + np.arange(n_steps)
    if not steps.size or steps.max() < len(record.stamps):
        return record.stamps[steps]
    ahead = panel.stamps_ahead(record, n_steps)
    if steps.min() == len(record):
        return np.broadcast_to(ahead, steps.shape)
    return np.concatenate([record.stamps[: len(record)], ahead])[steps]


def _joined(outputs: Sequence[Output]) -> tuple[AttentionMap, ...]:
    """Put the maps of several batches together, as soon as they are read."""
    return tuple(
        AttentionMap(same[0].name, partial(_weights, same), same[0].axes, same[0].stride)
        for same in zip(*(output.maps for output in outputs), strict=True)
    )


def _weights(maps: Sequence[AttentionMap]) -> torch.Tensor:
    return torch.cat([each.weights for each in maps])
