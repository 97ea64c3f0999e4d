"""What `predict` and `backtest` are given, read as `fit` was told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from jaxtyping import Shaped

from attime.data.forecasting import Frequency, Panel, Roles
from attime.errors import DataError

NAMELESS = "0"  # what a series is called that nobody has named

Data = pd.DataFrame | Panel | Shaped[np.ndarray, "..."] | Sequence[object]


def panel_like(data: Data, roles: Roles, frequency: Frequency | None) -> Panel:
    """Return series with the columns of `fit`, in their order, on its grid.

    Raises
    ------
    DataError
        If a covariate of `fit` is missing, or the data cannot be used.
    """
    columns = (*roles.past, *roles.future, *roles.static)
    if not isinstance(data, pd.DataFrame):
        if columns and not (isinstance(data, Panel) and data.roles.told == roles.told):
            raise DataError(
                f"the model was fitted with the covariates {', '.join(columns)}, and {type(data).__name__} without "
                "them arrived; give a frame with these columns"
            )
        frequency = frequency if frequency is not None and frequency.kind == "step" else None
    else:
        missing = [name for name in columns if name not in data]
        if missing:
            raise DataError(f"column {missing[0]!r} was there in fit and is not there now; add it")
        names = (roles.series, roles.time, roles.target, *columns)
        data = data[[name for name in names if name in data]]  # in the order of fit
    return Panel.of(
        data,
        series=roles.series,
        time=roles.time,
        target=roles.target,
        future=roles.future,
        static=roles.static,
        calendar=roles.calendar,
        frequency=frequency,
    )


def one_and_the_same(panel: Panel, known: str) -> Panel:
    """Return a panel of one series under the name that the only series of `fit` had, where either has none of its own.

    Examples
    --------
    >>> one_and_the_same(Panel.of(np.arange(9.0)), "sales").names
    ('sales',)
    """
    if len(panel) != 1 or panel.names[0] == known or NAMELESS not in (panel.names[0], known):
        return panel
    return replace(panel, records=(replace(panel.records[0], name=known),))
