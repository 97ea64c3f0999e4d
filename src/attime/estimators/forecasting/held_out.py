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
from attime.estimators.forecasting.rolling import before
from attime.training import Windows

#: What static covariates are called, all together; the second where a column has the first name.
STATIC = ("static", "static covariates")


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
    static
        The name in `rows` of static covariates, all together; there may be none of it.
    backtest
        What was forecast and what happened, in the order of the windows.
    """

    module: nn.Module
    windows: Windows
    rows: Mapping[str, Int[np.ndarray, " row"]]
    static: str
    backtest: Backtest


def held_out(forecaster: AttentionForecaster, data: Data | None, *, n_windows: int | None, step: int) -> HeldOut:
    """Cut windows as ``forecaster.backtest`` does: of `data`; if None, those of a new fit to what came before them."""
    panel = forecaster._panel(data)
    origins = forecaster._origins(panel, n_windows=n_windows, step=step, as_it_is=data is not None)
    model = clone(forecaster)._fit(before(panel, origins)) if data is None else forecaster
    windows = model._predictor.windows(panel, origins)
    static = next(name for name in STATIC if name not in (panel.roles.target, *panel.roles.past, *panel.roles.future))
    n_static = 0 if model.scale_.static is None else model.scale_.static.n_features
    rows = _rows(panel, windows, static, n_static)
    return HeldOut(model.module_, windows, rows, static, model._rolling(panel, origins, step))


def _rows(panel: Panel, windows: Windows, static: str, n_static: int) -> dict[str, Int[np.ndarray, " row"]]:
    """Name the rows, in the order of ``Scale.features``; what a calendar knows is not counted as a covariate."""
    roles, n_features = panel.roles, len(windows.values)
    first_ahead = n_features - windows.n_ahead
    named = {roles.target: np.array([0])}
    named |= {name: np.array([1 + number]) for number, name in enumerate(roles.past)}
    if n_static:
        named[static] = np.arange(first_ahead - n_static, first_ahead)
    return named | {name: np.array([first_ahead + number]) for number, name in enumerate(roles.future)}
