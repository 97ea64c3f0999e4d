"""What a fit says of itself, as plain JSON and back: the verdict, and what was found to know the future."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from attime.measures.forecasting import DieboldMariano, ForecastErrors, ForecastVerdict
from attime.measures.leaks import Finding, LeakReport

#: What a fitted forecaster may lack, why, and what to do.
LACKING = {
    "verdict_": "fit kept no steps back (series too short, validation_share=0), or the model file is of a version that "
    "kept no verdict; backtest(data).verdict() gives one",
    "leaks_": "fit did not look (look_for_leaks=False, or series that are no frame), or the model file is of a version "
    "that kept no leaks; attime.measures.leaks.leak_check(frame) looks",
}


def told_of(forecaster: object) -> dict[str, Any]:
    """Return what a forecaster says of its fit as plain JSON, None for what it lacks."""
    verdict, leaks = (getattr(forecaster, name, None) for name in LACKING)
    return {
        "verdict": None if verdict is None else verdict.to_dict(),
        "leaks": None if leaks is None else asdict(leaks),
    }


def learnt_from(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that `told_of` made plain; those that it has none of are left out.

    What was not finite comes back as NaN.
    """
    verdict, leaks = told.get("verdict"), told.get("leaks")
    found: dict[str, Any] = {}
    if verdict is not None:
        found["verdict_"] = _verdict(verdict)
    if leaks is not None:
        found["leaks_"] = _leaks(leaks)
    return found


def _verdict(told: Mapping[str, Any]) -> ForecastVerdict:
    return ForecastVerdict(
        errors={name: _errors(part) for name, part in told["errors"].items()},
        by=told["by"],
        best_naive=told["best_naive"],
        improvement=_number(told["improvement"]),
        test=DieboldMariano(**{name: _number(value) for name, value in told["test"].items()}),
        n_left_out=told["n_left_out"],
        naive=tuple(told["naive"]),
    )


def _errors(told: Mapping[str, Any]) -> ForecastErrors:
    values = {field.name: told[field.name] for field in fields(ForecastErrors)}
    steps = values.pop("per_step")
    plain: dict[str, Any] = {
        name: np.array(it, float) if isinstance(it, list) else _number(it) for name, it in values.items()
    }
    table = pd.DataFrame({name: np.array(column, float) for name, column in steps.items()})
    return ForecastErrors(**plain, per_step=table.set_index(pd.RangeIndex(1, len(table) + 1, name="step")))


def _leaks(told: Mapping[str, Any]) -> LeakReport:
    findings = tuple(Finding(**{**each, "series": tuple(each["series"])}) for each in told["findings"])
    return LeakReport(findings, tuple(told["columns"]), told["n_series"], told["n_examined"])


def _number(value: Any) -> Any:
    return math.nan if value is None else value
