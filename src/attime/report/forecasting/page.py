"""From `ForecastReportData` to one HTML file: what its template and its figures are given."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from attime.explain.forecasting import Importance
from attime.measures.forecasting import MEASURES, ForecastVerdict
from attime.report.forecasting.data import ForecastReportData, ShownForecasts
from attime.report.frame import fill_page, grouped
from attime.report.pack import pack
from attime.report.words import Merit, share

#: In the order in which they are put together: later ones call earlier ones.
SCRIPTS = ("data.js", "draw.js", "lines.js", "theme.js", "heat.js", "forecast.js", "course.js", "forecast_page.js")
#: What `Forecast.looks` are called on the page, and what they mean.
LOOKS = {
    "look back": ("attention", "Attention: how the network divides its look among the steps of the past."),
    "linear": (
        "linear weights",
        "What each step of the past is multiplied by in the linear forecast: these weights have signs and sum to one.",
    ),
    "gradient": (
        "gradient",
        "How much of a small change of each step of the past goes into each step ahead, near this series.",
    ),
}
#: What `Forecast.activation` is called.
MODULES = {"activation": "Which module was active", "input": "How much each module looked at the step"}


def forecast_page_of(data: ForecastReportData) -> str:
    """Return the HTML of a report on forecasts."""
    texts = {
        "data": data,
        "merits": _merits(data.errors, limits=bool(data.stretches)) if data.errors else (),
        "measures": _table(data.errors) if data.errors else {},
        "headings": grouped(data.facts),
        "looks": _looks(data.shown),
        "mattered": _mattered(data.importance) if data.importance else (),
        "modules": {name: MODULES[name] for name in data.shown.modules},
    }
    return fill_page("forecast.html.j2", SCRIPTS, _numbers(data), texts)


def _numbers(data: ForecastReportData) -> dict[str, Any]:
    """Return what the scripts of the page draw from."""
    return {
        "target": data.target,
        "shown": _of_shown(data.shown),
        "steps": _by_step(data.errors) if data.errors else None,
        "origins": asdict(data.by_origin) if data.by_origin else None,
        "stretches": [asdict(stretch) for stretch in data.stretches],
    }


def _of_shown(shown: ShownForecasts) -> dict[str, Any]:
    n_shown = len(shown.series)
    return {
        "series": shown.series,
        "width": shown.width,
        "past": pack(shown.past),
        "pastTimes": shown.past_times,
        "aheadTimes": shown.ahead_times,
        "values": shown.values,
        "actual": shown.actual,
        "low": shown.low.swapaxes(0, 1),
        "high": shown.high.swapaxes(0, 1),
        "coverage": shown.coverage,
        "looks": {name: pack(values.reshape(n_shown, -1), around_zero=True) for name, values in shown.looks.items()},
        "lookWords": {name: words for name, (_, words) in _looks(shown).items()},
        "lookSteps": shown.look_steps,
        "modules": {
            name: pack(values.reshape(n_shown, -1), around_zero=True) for name, values in shown.modules.items()
        },
    }


def _looks(shown: ShownForecasts) -> dict[str, tuple[str, str]]:
    return {name: LOOKS.get(name, (name, "")) for name in shown.looks}


def _by_step(verdict: ForecastVerdict) -> dict[str, Any]:
    """Return errors and coverage of each step ahead."""
    own = verdict.errors["model"]
    return {
        "measure": MEASURES[verdict.by],
        "bestNaive": verdict.best_naive,
        "errors": {name: found.per_step[verdict.by].to_numpy() for name, found in verdict.errors.items()},
        "nominal": own.nominal,
        "coverage": [own.per_step[f"coverage_{100 * nominal:g}"].to_numpy() for nominal in own.nominal],
    }


def _merits(verdict: ForecastVerdict, *, limits: bool) -> tuple[Merit, ...]:
    """Return the figures on top, each with what to compare it with; `limits` tells whether the steps can judge them."""
    own, naive = verdict.errors["model"], verdict.errors[verdict.best_naive]
    name = verdict.best_naive.replace("_", " ")
    merits = [
        Merit(label, _figure(getattr(own, measure)), f"{name}: {_figure(getattr(naive, measure))}")
        for measure, label in MEASURES.items()
        if measure in ("mae", "rmse", "mape", "mase") and math.isfinite(getattr(own, measure))
    ]
    if not limits:
        return tuple(merits)
    merits += [
        Merit(f"Within {100 * nominal:g} % limits", share(float(held)), f"mean width {_figure(width)}")
        for nominal, held, width in zip(own.nominal.tolist(), own.coverage, own.width.tolist(), strict=True)
    ]
    return tuple(merits)


def _table(verdict: ForecastVerdict) -> dict[str, list[tuple[str, bool]]]:
    """Return for each forecast its errors as text, and whether each is the lowest; measures nobody has are left out."""
    table = verdict.to_frame()[list(MEASURES)].dropna(axis="columns", how="all")
    lowest = table.min().to_numpy()
    rows = {"": [(MEASURES[str(column)], False) for column in table]}
    for name, values in zip(table.index, table.to_numpy(), strict=True):
        rows[name.replace("_", " ")] = [
            (_figure(value), bool(value == least)) for value, least in zip(values, lowest, strict=True)
        ]
    return rows


def _mattered(importance: Importance) -> list[dict[str, Any]]:
    """Return for each covariate, and the series itself, how much worse forecasts are without it."""
    most = max(float(np.abs(importance.rise).max()), 1e-12)
    return [
        {
            "name": name,
            "length": abs(rise) / most,
            "against": rise < 0,
            "share": f"{100 * rise / importance.error:+.1f} %".replace("-", "−"),
            "rise": _figure(rise),
            "interval": f"{_figure(low)} to {_figure(high)}",
        }
        for name, rise, low, high in zip(
            importance.names, importance.rise.tolist(), importance.low, importance.high, strict=True
        )
    ]


def _figure(value: float) -> str:
    return f"{value:.4g}".replace("-", "−") if np.isfinite(value) else "–"
