"""Stock prices by the protocol of the α_t-RIM: three stocks, three look-backs, five days ahead, beside naive forecasts.

Every model reads as many days as the protocol has lags, learns from the training part, chooses its epoch by the part
for that, and forecasts all windows of the test without being fitted again. https://arxiv.org/abs/2205.01639
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from forecasting.pictures import draw_stocks
from forecasting.stock_data import CONDITIONS, HORIZON, LAGS, PUBLISHED, TICKERS, percentage_errors, read_stock
from jaxtyping import Float64

from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster, Backtest
from attime.measures.forecasting import diebold_mariano, naive_forecasts
from attime.measures.forecasting.verdict import SIGNIFICANT
from attime.nn.networks.forecasting import RIM, Forecaster, RecurrentForecaster

SEEDS = 5
BASE = "last_value"
#: ``as_published``: what is read is measured by mean and deviation of the training part, not window by window.
MODELS: dict[str, str | Forecaster] = {
    "default": "default",
    "linear": "linear",
    "rnn": "rnn",
    "lstm": "lstm",
    "rim": "rim",
    "rnn_as_published": RecurrentForecaster(cell="rnn", centre="none", spread=False),
    "lstm_as_published": RecurrentForecaster(cell="lstm", centre="none", spread=False),
    "rim_as_published": RIM(n_modules=14, n_active=14, n_heads=8, centre="none", spread=False),
}
STEPS = tuple(f"mape_{step}" for step in range(1, HORIZON + 1))
SHOWN = ("mape", *STEPS, "over_last_value", "p_value", "fit_seconds")


@dataclass(frozen=True)
class Cell:
    """What one row of figures is about."""

    ticker: str
    lags: int
    condition: str

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.ticker}, {self.lags} lags, {self.condition}"

    @property
    def is_published(self) -> bool:
        """Whether there are published figures for it."""
        return (self.ticker, self.lags) == ("TMO", 10) and (self.condition, "rim") in PUBLISHED


def run(settings: Settings) -> Result:
    """Fit every model to every cell, with several seeds, and measure naive forecasts and a ridge regression once."""
    unknown = [name for name in settings.models or () if name not in MODELS]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join(MODELS)}")
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for cell, seed, model in trials(settings):
        heading: Row = {"set": cell.name, "seed": seed}
        if file.find(heading | {"model": model}) is None:
            naive = seed == settings.first_seed and file.find(heading | {"model": BASE}) is None
            for row in measure(cell, model, seed, settings, naive=naive):
                file.add(row)
                print({name: row[name] for name in ("set", "model", "seed", "mape", "fit_seconds")}, flush=True)
    if not file.rows:
        raise OptionError(f"--only {settings.only} leaves nothing; give a part of a name such as 'TMO, 10 lags, price'")
    means = mean_of_seeds(file.rows)
    show_table([*means, *published_rows()], title="mean absolute percentage error", columns=("set", "model", *SHOWN))
    draw_stocks(means, published_rows(), settings.pictures / "stocks.png")
    return Result(summary_of(means), file.rows)


def trials(settings: Settings) -> Iterator[tuple[Cell, int, str]]:
    """Go through what is asked for: cell, seed and model; a quick run takes one stock and one look-back.

    Models scaled as published are fitted only where there are figures to compare with, and what is not random once.
    """
    n_seeds = settings.seeds or (1 if settings.quick else SEEDS)
    tickers, all_lags = (TICKERS[:1], (10,)) if settings.quick else (TICKERS, LAGS)
    for cell in (Cell(*one) for one in product(tickers, all_lags, CONDITIONS)):
        for seed, model in product(range(n_seeds), settings.models or MODELS):
            compared = cell.is_published or not model.endswith("as_published")
            if (settings.only or "") in cell.name and compared and (seed == 0 or model != "linear"):
                yield cell, settings.first_seed + seed, model


def measure(cell: Cell, model: str, seed: int, settings: Settings, *, naive: bool) -> list[Row]:
    """Fit and forecast once; with `naive`, measure what stands beside every model as well."""
    stock = read_stock(settings.data, cell.ticker, cell.condition)
    forecaster = AttentionForecaster(
        HORIZON,
        MODELS[model],
        look_back=cell.lags,
        validation_share=stock.share_to_choose_by,
        refit=False,
        training={"max_epochs": 2} if settings.quick else None,
        random_state=seed,
    )
    start = time.perf_counter()
    forecaster.fit(stock.before_the_test)
    fitted = time.perf_counter()
    done = forecaster.backtest(stock.days, n_windows=stock.n_windows(cell.lags), adaptive=False)
    seconds = {"fit_seconds": fitted - start, "forecast_seconds": time.perf_counter() - fitted}
    beside = naive_forecasts(done.contexts, HORIZON)
    heading: Row = {"set": cell.name, "ticker": cell.ticker, "lags": cell.lags, "condition": cell.condition}
    rows = [heading | {"model": model, "seed": seed} | figures_of(done, done.forecast.values) | seconds]
    rows[0]["reason"] = forecaster.reason_
    for name, values in {**beside, "ridge": done.ridge}.items() if naive else ():
        rows.append(heading | {"model": name, "seed": seed} | figures_of(done, values) | {"fit_seconds": None})
    return rows


def figures_of(done: Backtest, forecast: Float64[np.ndarray, "window step"]) -> Row:
    """Return the errors of a forecast, over those of the last value, with a test of the difference."""
    errors = percentage_errors(done.actual, forecast)
    base = percentage_errors(done.actual, naive_forecasts(done.contexts, HORIZON)[BASE])
    test = diebold_mariano(errors.mean(1), base.mean(1), horizon=HORIZON, origins=done.origins)
    return {
        "n_windows": len(errors),
        "mape": float(errors.mean()),
        **dict(zip(STEPS, errors.mean(0).tolist(), strict=True)),
        "over_last_value": float(errors.mean() / base.mean()),
        "p_value": test.p_value,
    }


def mean_of_seeds(rows: Sequence[Row]) -> list[Row]:
    """Return one record for each cell and model: means over seeds, and the median of the p-values."""
    table = pd.DataFrame(rows)
    keys = ["set", "ticker", "lags", "condition", "model"]
    grouped = table.groupby(keys, sort=False)
    means = grouped[["mape", *STEPS, "over_last_value", "fit_seconds"]].mean()
    means["p_value"] = grouped["p_value"].median()
    means["n_seeds"] = grouped.size()
    return means.reset_index().to_dict("records")


def published_rows() -> list[Row]:
    """Return the published figures as records."""
    return [
        {"set": Cell("TMO", 10, condition).name, "condition": condition, "model": f"{model}, published"}
        | {"mape": float(np.mean(figures))}
        | dict(zip(STEPS, figures, strict=True))
        for (condition, model), figures in PUBLISHED.items()
    ]


def summary_of(means: Sequence[Row]) -> dict[str, float | None]:
    """Return mean errors, ours over those of the last value, and in how many cells published figures are reached."""
    summary: dict[str, float | None] = {}
    for row in means:
        name = f"{row['ticker']}_{row['lags']}_{str(row['condition']).split(',')[0]}"
        summary[f"mape_{name}_{row['model']}"] = row["mape"]  # type: ignore[assignment]
        if row["model"] == "default":
            summary[f"over_last_value_{name}"] = row["over_last_value"]  # type: ignore[assignment]
            summary[f"p_value_{name}"] = row["p_value"]  # type: ignore[assignment]
    ours = pd.DataFrame([row for row in means if row["model"] == "default"], columns=["over_last_value", "p_value"])
    differs = ours["p_value"] < SIGNIFICANT
    summary["worst_ratio_to_last_value"] = float(ours["over_last_value"].max()) if len(ours) else None
    summary["significant_wins"] = int((differs & (ours["over_last_value"] < 1)).sum())
    summary["significant_losses"] = int((differs & (ours["over_last_value"] > 1)).sum())
    for model in dict.fromkeys(str(row["model"]) for row in means):
        seconds = pd.Series([row["fit_seconds"] for row in means if row["model"] == model], dtype=float)
        summary[f"fit_seconds_{model}"] = None if seconds.isna().all() else float(seconds.median())
    summary |= at_or_below_published(means)
    return summary | {"tmo10_cells_at_or_below_published": summary.get("steps_at_or_below_published_rim")}


def at_or_below_published(means: Sequence[Row]) -> dict[str, float | None]:
    """Count the steps, of the ten that were published for each network, at which ours has no larger error."""
    found: dict[str, float | None] = {}
    for row in means:
        for scaled in ("", "_as_published"):
            model = str(row["model"]).removesuffix("_as_published")
            figures = PUBLISHED.get((str(row["condition"]), model))
            if figures is None or row["model"] != model + scaled or (row["ticker"], row["lags"]) != ("TMO", 10):
                continue
            key = f"steps_at_or_below_published_{row['model']}"
            reached = sum(float(row[step]) <= figure for step, figure in zip(STEPS, figures, strict=True))  # type: ignore[arg-type]
            found[key] = (found.get(key) or 0) + reached
    return found
