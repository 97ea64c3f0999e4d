"""Values deleted at random: how accuracy falls as more of them are missing, on ten UCR sets named beforehand.

Values are deleted in both parts. Ours get the gaps as they are; peers, which refuse gaps, get them filled in by
straight lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
from common import Result, Row, Settings, show_table
from contest.archive import TEN_SETS, Archived, find_sets
from contest.contenders import CONTENDERS, NAMES, OURS, chosen
from contest.filling import deleted
from contest.lines import look_of
from contest.results import number, prefix_of
from contest.run import Heat, compete
from matplotlib.figure import Figure

from attime.data import SeriesSet
from attime.errors import DataError
from attime.plot.style import tidy

SHARES, SEEDS = (0.0, 0.1, 0.2, 0.4, 0.6), 3
MODELS = ("ours", "fast", "minirocket", "multirocket_hydra")


@dataclass(frozen=True)
class Deleted:
    """A set without a share of its values; which ones depends on the set, the share and the seed alone."""

    folder: Path
    share: float
    seed: int

    def __call__(self) -> tuple[SeriesSet, SeriesSet]:
        """Return the training part and the test part."""
        rng = np.random.default_rng([crc32(self.folder.name.encode()), round(1000 * self.share), self.seed])
        train, test = Archived(self.folder)()
        return deleted(train, self.share, rng), deleted(test, self.share, rng)


def run(settings: Settings) -> Result:
    """Let the contenders meet at each share."""
    models = chosen(settings.models, MODELS)
    folders = find_sets(settings, "ucr", among=TEN_SETS)
    n_seeds = settings.seeds or (1 if settings.quick else SEEDS)
    heats = [
        Heat(Deleted(folder, share, seed), seed, {"set": folder.name, "share": share}, hard=share > 0)
        for folder in folders
        for seed in range(settings.first_seed, settings.first_seed + n_seeds)
        for share in ((0.0, 0.2) if settings.quick else SHARES)
    ]
    rows = compete(heats, models, settings).rows
    accuracies = accuracies_of(rows)
    curves, n_sets = curves_of(accuracies), len(accuracies)
    table = [
        {"model": model} | {f"{share:.0%}": curves.loc[share, model] for share in curves.index} for model in curves
    ]
    show_table(table, title=f"mean accuracy of {n_sets} sets without a share of their values")
    draw(curves, n_sets=n_sets).savefig(settings.pictures / "missing.png", dpi=150)
    return Result(summary_of(curves) | failures(rows), rows)


def accuracies_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Return mean accuracies over seeds: a row for each set that all models finished, a column for (share, model)."""
    table = pd.DataFrame([row for row in rows if row["status"] == "ok"])
    if table.empty:
        raise DataError("no contender came to a result; the rows beside the result say why")
    return table.groupby(["set", "share", "model"])["accuracy"].mean().unstack(["share", "model"]).dropna()


def curves_of(accuracies: pd.DataFrame) -> pd.DataFrame:
    """Return mean accuracies over sets, of shape (share, model)."""
    return accuracies.mean().unstack("model").sort_index()


def draw(curves: pd.DataFrame, *, n_sets: int) -> Figure:
    """Draw a line for each model."""
    figure = Figure(figsize=(5.5, 3.8), layout="constrained")
    ax = figure.add_subplot()
    for model in (name for name in CONTENDERS if name in curves):
        label = NAMES[model] if model in OURS else f"{NAMES[model]}, filled in"
        ax.plot(curves.index, curves[model], label=label, **look_of(model))
    ax.xaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    ax.set(xlabel="values deleted at random", ylabel=f"mean accuracy of {n_sets} sets", xticks=curves.index)
    ax.legend(frameon=False, fontsize=9)
    tidy(ax)
    return figure


def summary_of(curves: pd.DataFrame) -> dict[str, float | None]:
    """Return accuracy at each share, and how much of it was lost."""
    summary: dict[str, float | None] = {}
    for model, curve in curves.items():
        for share, accuracy in curve.items():
            percent = round(100 * float(share))  # type: ignore[arg-type]
            summary[f"{prefix_of(str(model))}accuracy_mean_without_{percent}_percent"] = number(accuracy)
            summary[f"{prefix_of(str(model))}accuracy_lost_without_{percent}_percent"] = number(curve[0.0] - accuracy)
    return summary


def failures(rows: Sequence[Row]) -> dict[str, float | None]:
    """Count the trials of each model that came to nothing."""
    return {
        f"{prefix_of(model)}failed": sum(row["model"] == model and row["status"] != "ok" for row in rows)
        for model in dict.fromkeys(str(row["model"]) for row in rows)
    }
