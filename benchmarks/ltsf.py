"""Long forecasts: ETTh1, ETTh2, Exchange, Illness, on the standard splits, over all windows of the test.

Errors are in deviations of the training part, all channels and steps alike; no window is dropped. Models learn from the
training part and choose by the part for that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pandas as pd
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from forecasting.limits_and_latency import coverage_of, latency_of, limits_on_prices
from forecasting.long_data import SETS, LongSeries, LongSet, published_beside, read_long
from forecasting.long_errors import blocks, errors_of, last_values
from forecasting.pictures import draw_long

from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.nn.networks.forecasting import FORECASTERS

MODELS = ("default", "linear", "ridge", "last_value")
RIDGE = 336  # steps of the past that the best known single ridge regression reads
WITH_LIMITS = ("ETTh1", 96)
PRICES = "electricity prices"
FIGURES = ("mse", "mae", "look_back", "fit_seconds", "coverage_80", "coverage_95", "milliseconds")


def run(settings: Settings) -> Result:
    """Fit each model to each set and horizon, then measure limits and the time of one prediction."""
    models = settings.models or MODELS
    unknown = [name for name in models if name not in {*MODELS, *FORECASTERS}]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join([*MODELS, *FORECASTERS])}")
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for wanted, horizon in cells(settings):
        series = read_long(settings.data, wanted)
        for model in models:
            heading: Row = {"set": f"{wanted.name} {horizon}", "model": model, "seed": settings.first_seed}
            if file.find(heading) is None:
                for row in measure(wanted, series, horizon, model, settings):
                    keep(file, heading | {"dataset": wanted.name, "horizon": horizon} | row)
    prices: Row = {"set": PRICES, "model": "default", "seed": settings.first_seed}
    if (settings.only or "") in PRICES and "default" in models and file.find(prices) is None:
        keep(file, prices | {"dataset": "prices"} | limits_on_prices(settings.data, quick=settings.quick))
    rows = [row for row in file.rows if row["kind"] == "error"]
    published = published_beside(settings.data)
    show_table(rows, title="long forecasts", columns=("set", "model", "mse", "mae", "look_back", "fit_seconds"))
    if rows:
        draw_long(pd.DataFrame(rows), published, settings.pictures / "ltsf.png")
    return Result(summary_of(file.rows, published), file.rows)


def keep(file: RowFile, row: Row) -> None:
    """Keep a record, and tell of it."""
    file.add(row)
    print({name: row[name] for name in ("set", "model", *FIGURES) if name in row}, flush=True)


def cells(settings: Settings) -> Iterator[tuple[LongSet, int]]:
    """Go through what is asked for; a quick run takes the shortest horizon of one set."""
    for wanted in SETS[-1:] if settings.quick else SETS:
        for horizon in wanted.horizons[:1] if settings.quick else wanted.horizons:
            if (settings.only or "") in f"{wanted.name} {horizon}":
                yield wanted, horizon


def measure(wanted: LongSet, series: LongSeries, horizon: int, model: str, settings: Settings) -> list[Row]:
    """Fit one model, and measure it in all windows of the test."""
    heading: Row = {"kind": "error"}
    if model == "last_value":
        return [heading | errors_of(last_values(series, horizon))]
    if model == "ridge":
        return [heading | row for row in ridges(wanted, series, horizon)]
    start = time.perf_counter()
    forecaster = fitted(series, horizon, model, seed=settings.first_seed)
    heading |= {"fit_seconds": time.perf_counter() - start, "look_back": forecaster.look_back_}
    done = ((part.actual, part.forecast.values) for part in blocks(forecaster, series, horizon))
    rows = [heading | {"reason": forecaster.reason_} | errors_of(done)]
    if model == "default" and (settings.quick or (wanted.name, horizon) == WITH_LIMITS):
        every = forecaster.backtest(series.until(len(series.wide)), n_windows=series.n_test - horizon + 1)
        rows += [coverage_of(every), latency_of(forecaster, series, n_times=20 if settings.quick else 200)]
    return rows


def ridges(wanted: LongSet, series: LongSeries, horizon: int) -> list[Row]:
    """Measure one ridge regression, as it stands beside forecasts: with the look-back of others, and the best one.

    Penalty and look-back are those with the lowest squared error in the part that is chosen by.
    """
    forecasters = {steps: fitted(series, horizon, "linear", look_back=steps) for steps in wanted.look_backs}
    best = min(forecasters, key=lambda steps: forecasters[steps].verdict_.errors["ridge"].rmse)
    rows: list[Row] = []
    for name, steps in {f"ridge_{RIDGE}": RIDGE, "ridge": best}.items():
        if steps in forecasters:
            done = ((part.actual, part.ridge) for part in blocks(forecasters[steps], series, horizon))
            rows.append({"model": name, "look_back": steps} | errors_of(done))
    return rows


def fitted(
    series: LongSeries, horizon: int, model: str, *, look_back: int | None = None, seed: int = 0
) -> AttentionForecaster:
    """Fit to the parts before the test: learn from the first, choose by the second."""
    n_before = series.n_train + series.n_chosen_by
    forecaster = AttentionForecaster(
        horizon,
        model,
        look_back=look_back,
        validation_share=series.n_chosen_by / n_before,
        refit=False,
        random_state=seed,
    )
    return forecaster.fit(series.until(n_before))


def summary_of(rows: Sequence[Row], published: pd.DataFrame) -> dict[str, float | None]:
    """Return means over horizons, ours and published, then limits and latency."""
    summary: dict[str, float | None] = {}
    table = pd.DataFrame([row for row in rows if row["kind"] == "error"])
    if len(table):
        means = table.groupby(["dataset", "model"], sort=False)[["mse", "mae"]].mean()
        for (dataset, model), found in means.iterrows():
            summary |= {f"{key}_{dataset}_{model}": float(found[key]) for key in ("mse", "mae")}
            if model == "default":
                summary |= {f"{dataset}_{key}": float(found[key]) for key in ("mse", "mae")}
        asked = table[["dataset", "horizon"]].drop_duplicates()
        beside = published.merge(asked).groupby(["dataset", "model"], sort=False)[["mse", "mae"]].mean()
        for (dataset, model), found in beside.iterrows():
            summary |= {f"{key}_{dataset}_{model}_published": float(found[key]) for key in ("mse", "mae")}
        summary["worst_ratio_to_ridge"] = worst(table, "mse")
        summary["worst_ratio_to_ridge_mae"] = worst(table, "mae")
        summary["worst_cell_seconds"] = float(table["fit_seconds"].max()) if "fit_seconds" in table else None
    for row in rows:
        if row["kind"] == "coverage":
            figures = {key: value for key, value in row.items() if key.startswith("coverage_")}
            summary |= {f"{key}_{row['dataset']}": value for key, value in figures.items()}  # type: ignore[misc]
        if row["kind"] == "latency":
            summary["latency_milliseconds"] = row["milliseconds"]  # type: ignore[assignment]
    return summary


def worst(table: pd.DataFrame, key: str) -> float | None:
    """Return the highest error of the default over that of the better of the two ridge regressions of the same cell."""
    errors = table.pivot(index="set", columns="model", values=key)
    ridge = [name for name in ("ridge", f"ridge_{RIDGE}") if name in errors]
    if not ridge or "default" not in errors:
        return None
    return float((errors["default"] / errors[ridge].min(axis=1)).max())
