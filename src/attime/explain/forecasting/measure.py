"""What matters to forecasts: what is read of a window is replaced by that of another, and the error measured again."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from attime.errors import DataError, OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.arriving import Data
from attime.estimators.forecasting.held_out import held_out
from attime.explain.forecasting.importance import Importance
from attime.explain.forecasting.swap import Swap


def importance(
    forecaster: AttentionForecaster,
    data: Data | None = None,
    *,
    n_windows: int | None = None,
    step: int | None = None,
    n_repeats: int = 3,
    n_blocks: int = 8,
    random_state: int = 0,
) -> Importance:
    """Say how much each covariate, and the past of the series itself, matters to forecasts.

    In windows that were not learnt from, what is read of a covariate is replaced by what it was in another window of
    the same series (of any series: static ones, all together, and where there is but one window); what it had to say is
    then gone, while its values stay such as occur. How much the mean absolute error rises is its importance. Of the
    series itself the course is replaced and moved, so that its last value stays what it was: what is measured is the
    past beyond "tomorrow is like today".

    Covariates that say the same stand in for each other, and each then matters little. What the calendar knows is not
    replaced. A rise says what this model makes use of, not what causes what.

    Parameters
    ----------
    forecaster
        Fitted.
    data
        Series that go on after those of `fit`, or others. If not given, those of `fit`; a new model is then fitted to
        what came before the windows.
    n_windows, step
        Windows of each series, the last ones, all if not given; and steps from one to the next, by default the horizon,
        so that what happened in them does not overlap.
    n_repeats
        How many times it is replaced, by another window each time.
    n_blocks
        Blocks of steps of the past that are also replaced by themselves, to see when it matters.
    random_state
        Seed of which windows replace which.

    Raises
    ------
    DataError
        If there are fewer than two windows.
    OptionError
        If a number is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> price = rng.normal(size=400)
    >>> data = pd.DataFrame({"ds": np.arange(400), "y": 3 * price + rng.normal(size=400), "price": price})
    >>> forecaster = AttentionForecaster(4, "linear", look_back=8).fit(data, future=["price"])
    >>> found = importance(forecaster)
    >>> found.names, bool(found.low[1] > 0)
    (('y', 'price'), True)
    """
    if n_repeats < 1 or n_blocks < 1:
        raise OptionError(f"n_repeats={n_repeats} and n_blocks={n_blocks} arrived, expected 1 at least of each")
    asked = held_out(forecaster, data, n_windows=n_windows, step=forecaster.horizon if step is None else step)
    if len(asked.windows) < 2:
        raise DataError("1 window arrived, expected two at least; give more data, n_windows= or a smaller step=")
    swap = Swap.of(asked, n_repeats, np.random.default_rng(random_state))
    look_back = asked.windows.look_back
    ends = np.unique(np.linspace(0, look_back, n_blocks + 1).round().astype(int))
    rises = {name: swap.rises(name, slice(None)) for name in asked.rows}
    by_block = {
        name: [swap.rises(name, slice(first, end), ahead=False) for first, end in pairwise(ends)] for name in asked.rows
    }
    of_all = np.array([swap.mean(one) for one in rises.values()])
    of_blocks = np.array([[swap.mean(one) for one in own] for own in by_block.values()])
    forecast = asked.backtest.forecast
    return Importance(
        names=tuple(asked.rows),
        error=float(np.nanmean(swap.base)),
        rise=of_all[:, 0],
        low=of_all[:, 1],
        high=of_all[:, 2],
        p_value=of_all[:, 3],
        blocks=np.stack([look_back - ends[:-1], look_back - ends[1:] + 1], axis=1),
        rise_by_block=of_blocks[..., 0],
        low_by_block=of_blocks[..., 1],
        high_by_block=of_blocks[..., 2],
        rise_by_window=np.array(list(rises.values())),
        series=forecast.series,
        stamps=forecast.stamps[:, 0],
        columns=forecast.columns,
        zone=forecast.zone,
        by_day=forecast.by_day,
    )
