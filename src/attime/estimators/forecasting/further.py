"""Further ahead than a network was made for: forecasts are read as if they had been observed, and forecast from."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float64

from attime.data.forecasting import Panel
from attime.errors import DataError, DataWarning
from attime.estimators.forecasting.forecast import Forecast
from attime.estimators.forecasting.limits import levels_of
from attime.estimators.forecasting.predictor import Predictor, stamps_after
from attime.estimators.forecasting.scales import n_known_ahead
from attime.training import Windows, run

N_PATHS = 200


def forecast_further(predictor: Predictor, panel: Panel, n_steps: int, *, coverage: Sequence[float]) -> Forecast:
    """Forecast so many steps from the end of every series, more than the horizon of the network.

    Up to the horizon this is what the network forecasts. After that it reads its own forecast, and so on. Limits are
    then quantiles of `N_PATHS` courses, each of which goes on from forecasts to which errors were added that the
    network made in windows held out, a whole window of them at a time: so they grow by what an error makes of what
    comes after it. Covariates that are not known ahead count as missing. No map says what was looked at, for beyond the
    horizon that is partly forecasts.
    """
    first = predictor.forecast(panel, [[len(record)] for record in panel], coverage=coverage)
    n_blocks = -(-n_steps // predictor.horizon)
    features = predictor.scale.features(panel, predictor.measures(panel), n_blocks * predictor.horizon)
    rng = np.random.default_rng(0)
    values, low, high = [], [], []
    for number, record in enumerate(panel):
        begin = max(0, len(record) - predictor.look_back)
        rows = features[number][:, begin : len(record) + n_blocks * predictor.horizon]
        errors = predictor.limits.whole(record.name)
        drawn = errors[rng.integers(len(errors), size=(N_PATHS, n_blocks))]
        drawn = np.concatenate([np.zeros_like(drawn[:1]), drawn])  # the first course goes on as it is forecast
        courses = _courses(predictor, panel, rows, len(record) - begin, drawn)[:, :n_steps]
        unit, level = first.deviation[number], first.mean[number]
        found = np.quantile(courses[1:], levels_of(coverage), axis=0)
        middle = np.median(courses[1:], axis=0)
        below, above = np.split((courses[0] + found - middle) * unit + level, 2)
        values.append(courses[0] * unit + level)
        low.append(below)
        high.append(above)
    horizon = predictor.horizon
    limits = [np.stack(part, axis=1) for part in (low, high)]
    for whole, own in zip(limits, (first.low, first.high), strict=True):
        whole[:, :, :horizon] = own
    return replace(
        first,
        stamps=np.concatenate([stamps_after(panel, record, [len(record)], n_steps) for record in panel]),
        values=np.array(values),
        low=limits[0],
        high=limits[1],
        maps=(),
    )


def _courses(
    predictor: Predictor,
    panel: Panel,
    rows: Float64[np.ndarray, "feature time"],
    origin: int,
    errors: Float64[np.ndarray, "course block step"],
) -> Float64[np.ndarray, "course step"]:
    """Return courses after the end of a series, each with its errors added to every block of forecasts."""
    n_courses, n_blocks, horizon = errors.shape
    courses = np.repeat(rows[np.newaxis], n_courses, axis=0)
    for block in range(n_blocks):
        begin = origin + block * horizon
        windows = Windows.of(
            list(courses),
            look_back=predictor.look_back,
            horizon=horizon,
            origins=[[begin]] * n_courses,
            n_ahead=n_known_ahead(panel.roles),
        )
        forecast = np.concatenate([output.prediction.cpu().numpy() for output in run(predictor.module, windows)])
        courses[:, 0, begin : begin + horizon] = forecast + errors[:, block]
    return courses[:, 0, origin : origin + n_blocks * horizon]


def look_ahead(panel: Panel, n_steps: int) -> None:
    """Raise a DataError unless covariates that are known ahead are there for so many steps."""
    for record in panel:
        known = record.future.shape[1] - len(record)
        if panel.roles.future and known < n_steps:
            raise DataError(
                f"series {record.name!r} has {panel.roles.future[0]!r} for {known} of {n_steps} steps ahead, and it "
                "was named as known ahead; add rows with these times and no target"
            )
        gaps = np.isnan(record.future[:, len(record) : len(record) + n_steps])
        if gaps.any():
            lacking = panel.roles.future[int(gaps.any(axis=1).argmax())]
            warnings.warn(
                f"series {record.name!r} lacks {lacking!r} at {gaps.sum()} of the times ahead; it is taken to stay as "
                "it was before",
                DataWarning,
                stacklevel=3,
            )
