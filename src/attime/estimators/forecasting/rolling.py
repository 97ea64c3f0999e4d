"""Origins of a backtest, and backtests that fit a new model at each of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

from attime.data.forecasting import Panel
from attime.errors import DataError, DataWarning
from attime.estimators.forecasting.backtest import Backtest


def origins_of(
    panel: Panel, n_learnt: Sequence[int], horizon: int, *, n_windows: int | None, step: int, early: bool = False
) -> list[list[int]]:
    """Return for each series the steps at which the future begins, counted from its end, `step` by `step`.

    They come after the steps that were learnt from; with `early` also before, of which it is warned.

    Raises
    ------
    DataError
        If there is none.
    """
    origins, n_early = [], 0
    for record, learnt in zip(panel, n_learnt, strict=True):
        first = 1 if early else max(1, learnt)
        own = list(range(len(record) - horizon, first - 1, -step))[:n_windows][::-1]
        origins.append(own)
        n_early += sum(origin < learnt for origin in own)
    if not any(origins):
        lengths = ", ".join(str(len(record)) for record in panel.records[:3])
        raise DataError(
            f"no window of {horizon} steps comes after what was learnt from in series of {lengths} steps (of which "
            f"{', '.join(map(str, n_learnt[:3]))} were learnt from); give series that go on, or n_windows="
        )
    if n_early:
        n_all = sum(map(len, origins))
        warnings.warn(
            f"{n_early} of {n_all} windows begin in steps that the model has learnt from, and look better than they "
            "are; give fewer n_windows, series that go on, or no data: then a new model is fitted to what came before",
            DataWarning,
            stacklevel=3,
        )
    return origins


def refitted(fit_and_forecast: Callable[[Sequence[Sequence[int]]], Backtest], origins: list[list[int]]) -> Backtest:
    """Return a backtest whose windows were each forecast by a model that was fitted to what came before.

    The first windows of all series are forecast by one model, then those after them, and so on.
    """
    parts = []
    for back in range(max(map(len, origins)), 0, -1):
        parts.append(fit_and_forecast([own[len(own) - back :][:1] if len(own) >= back else [] for own in origins]))
    return Backtest.joined(parts)


def before(panel: Panel, origins: Sequence[Sequence[int]]) -> Panel:
    """Return what came before the first origin of each series; all of a series that has none.

    Of series that end at different times, others may go on beyond the first origin of one.
    """
    return panel.until([min(own, default=len(record)) for own, record in zip(origins, panel, strict=True)])
