"""Pictures of forecasts beside published ones: errors step by step, and horizon by horizon."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from common import Row
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.plot.style import BLACK, BLUE, CHANCE, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION, tidy

#: Colour and marker of a model; what is published is drawn dashed and without a marker.
LOOKS: dict[str, tuple[str, str]] = {
    "default": (VERMILLION, "o"),
    "linear": (ORANGE, "s"),
    "rim": (BLUE, "D"),
    "lstm": (GREEN, "v"),
    "rnn": (PURPLE, "P"),
    "ridge": (SKY_BLUE, "^"),
    "patch": (BLUE, "D"),
    "last_value": (BLACK, "x"),
    "DUET": (BLUE, ""),
    "PatchTST": (GREEN, ""),
    "iTransformer": (PURPLE, ""),
    "DLinear": (CHANCE, ""),
}


def draw_stocks(means: Sequence[Row], published: Sequence[Row], path: Path) -> None:
    """Draw the error of each step ahead for the stock with published figures, a panel for each condition of these."""
    conditions = [condition for condition in dict.fromkeys(row["condition"] for row in published)]
    figure = Figure(figsize=(4.6 * len(conditions), 3.8), layout="constrained")
    panels = figure.subplots(1, len(conditions), sharey=True, squeeze=False)[0]
    for ax, condition in zip(panels, conditions, strict=True):
        for row in [row for row in means if (row["ticker"], row["lags"], row["condition"]) == ("TMO", 10, condition)]:
            if row["model"] in LOOKS:
                _line(ax, str(row["model"]), _by_step(row))
        for row in (row for row in published if row["condition"] == condition):
            _line(ax, str(row["model"]).removesuffix(", published"), _by_step(row), published=True)
        ax.set(title=f"TMO, 10 lags\n{condition}", xlabel="step ahead (days)", xticks=range(1, 6), yscale="log")
        ax.set_yticks([1, 2, 5, 10, 20], labels=["1", "2", "5", "10", "20"])
        ax.minorticks_off()
        tidy(ax)
    panels[0].set_ylabel("mean absolute error, %")
    _legend(figure, panels)
    figure.savefig(path, dpi=150)


def draw_long(errors: pd.DataFrame, published: pd.DataFrame, path: Path) -> None:
    """Draw the squared error at each horizon, a panel for each set."""
    datasets = list(errors["dataset"].unique())
    figure = Figure(figsize=(3.6 * len(datasets) + 1, 3.6), layout="constrained")
    panels = figure.subplots(1, len(datasets), squeeze=False)[0]
    for ax, dataset in zip(panels, datasets, strict=True):
        for source, is_published in ((errors, False), (published, True)):
            own = source[source["dataset"] == dataset]
            for model in (name for name in LOOKS if name in set(own["model"])):
                line = own[own["model"] == model].set_index("horizon")["mse"].sort_index()
                _line(ax, model, line, published=is_published)
        tops = [
            max(line.get_ydata()) for line in ax.lines if line.get_label() != "last value"
        ]  # which may lie far above
        ax.set_ylim(top=1.05 * max(tops) if tops else None)
        horizons = sorted(errors.loc[errors["dataset"] == dataset, "horizon"].unique())
        ax.set(title=dataset, xlabel="steps ahead", xscale="log")
        ax.set_xticks(horizons, labels=[str(horizon) for horizon in horizons])
        ax.minorticks_off()
        tidy(ax)
    panels[0].set_ylabel("mean squared error")
    _legend(figure, panels)
    figure.savefig(path, dpi=150)


def _by_step(row: Row) -> pd.Series:
    return pd.Series({step: row[f"mape_{step}"] for step in range(1, 6)}, dtype=float)


def _line(ax: Axes, model: str, line: pd.Series, *, published: bool = False) -> None:
    colour, marker = LOOKS[model]
    look: dict[str, Any] = {"linestyle": ":"} if published else {"marker": marker, "markersize": 4}
    name = model.replace("_", " ")
    ax.plot(line.index, line.to_numpy(), color=colour, label=f"{name}, published" if published else name, **look)


def _legend(figure: Figure, panels: Sequence[Axes]) -> None:
    lines = {label: line for ax in panels for line, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(lines.values(), lines.keys(), loc="outside right center", frameon=False, fontsize=9)
