"""Answers of forecasters: how series go on, between which limits, and where the forecast looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Shaped
from pydantic import BaseModel

from attime.estimators.forecasting import AttentionForecaster
from attime.estimators.forecasting.arriving import panel_like
from attime.estimators.forecasting.sizes import short_past
from attime.service.answers import Course, Forecasts
from attime.service.series import arrays_of
from attime.service.served import Served
from attime.service.work.common import plain, split

UNITS = ("s", "ms", "us", "ns")  # in which dates are told: the first that loses nothing


def forecast(model: Served, questions: Sequence[Any]) -> list[BaseModel]:
    """Forecast the series of all questions at once."""
    estimator, first = model.estimator, questions[0]
    assert isinstance(estimator, AttentionForecaster)
    if getattr(first, "series", None) is None:
        panels, panel = [estimator.context_] * len(questions), estimator.context_
        counts = [0] * len(questions)  # all get the same
    else:
        arrays = [[own[0] for own in arrays_of(question.series)] for question in questions]
        panels = [panel_like(own, estimator.roles_, estimator.frequency_) for own in arrays]
        panel = replace(panels[0], records=tuple(record for own in panels for record in own))
        counts = list(map(len, panels))
    told = short_past(panel, estimator.context_, estimator.look_back_)
    found = estimator.forecast(panel, horizon=first.horizon)
    name = found.look_names[0] if first.look and found.look_names else None
    look = None if name is None else plain(found.look(name))
    times, past, past_times = _times(found.stamps), plain(found.past), _times(found.past_stamps)
    values, low, high = plain(found.values), plain(found.low.swapaxes(0, 1)), plain(found.high.swapaxes(0, 1))
    courses = [
        Course(
            name=found.series[case],
            times=times[case],
            values=values[case],
            low=low[case],
            high=high[case],
            past=past[case],
            past_times=past_times[case],
            look=None if look is None else look[case],
            look_name=name,
        )
        for case in range(len(found))
    ]
    parts = split(courses, counts) if any(counts) else [courses] * len(questions)
    told_so = [told] if told else []
    return [
        Forecasts(model=model.name, coverage=list(found.coverage), forecasts=own, warnings=told_so) for own in parts
    ]


def _times(stamps: Shaped[np.ndarray, ...]) -> Any:
    """Return nested lists of numbers as they are and dates as text, in full; None where there is none."""
    if stamps.dtype.kind != "M":
        return plain(stamps.astype(np.float64))
    there = ~np.isnat(stamps)
    in_units = (stamps.astype(f"datetime64[{unit}]") for unit in UNITS)
    told = next(found for found in in_units if (found == stamps)[there].all()).astype(str).astype(object)
    told[~there] = None
    return told.tolist()
