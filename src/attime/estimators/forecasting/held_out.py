"""Windows that a forecaster has not learnt from, as its network reads them, and what stands in each of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int
from sklearn.base import clone
from torch import nn

from attime.data.forecasting import Panel
from attime.estimators.forecasting.arriving import Data
from attime.estimators.forecasting.backtest import Backtest
from attime.estimators.forecasting.forecaster import AttentionForecaster
from attime.estimators.forecasting.rolling import before, origins_of
from attime.training import Windows

#: What static covariates are called, all together.
STATIC = "static"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What it takes to ask a network again what it forecasts, after its input was changed.

    Attributes
    ----------
    module
        The network.
    windows
        What it reads.
    rows
        By name of the series and of each covariate: the rows of the windows that it stands in.
    backtest
        What was forecast and what happened, in the order of the windows.
    """

    module: nn.Module
    windows: Windows
    rows: Mapping[str, Int[np.ndarray, " row"]]
    backtest: Backtest


def held_out(forecaster: AttentionForecaster, data: Data | None, *, n_windows: int | None, step: int) -> HeldOut:
    """Cut windows as ``forecaster.backtest`` does: of `data`; if None, those of a new fit to what came before them."""
    panel = forecaster._panel(data)
    learnt = [
        len(record) - forecaster._n_held_out(record) if data is None else forecaster._n_known(record)
        for record in panel
    ]
    origins = origins_of(panel, learnt, forecaster.horizon, n_windows=n_windows, step=step)
    model = clone(forecaster)._fit(before(panel, origins)) if data is None else forecaster
    windows = model._predictor.windows(panel, origins)
    rows = _rows(panel, windows, 0 if model.scale_.static is None else model.scale_.static.n_features)
    return HeldOut(model.module_, windows, rows, model._rolling(panel, origins, step))


def _rows(panel: Panel, windows: Windows, n_static: int) -> dict[str, Int[np.ndarray, " row"]]:
    """Name the rows, in the order of ``Scale.features``; what a calendar knows is not counted as a covariate."""
    roles, n_features = panel.roles, len(windows.values)
    first_ahead = n_features - windows.n_ahead
    named = {roles.target: np.array([0])}
    named |= {name: np.array([1 + number]) for number, name in enumerate(roles.past)}
    if n_static:
        named[STATIC] = np.arange(first_ahead - n_static, first_ahead)
    return named | {name: np.array([first_ahead + number]) for number, name in enumerate(roles.future)}
