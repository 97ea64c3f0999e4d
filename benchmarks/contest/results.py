"""Records as a table of sets and models, and the figures that a summary tells of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from common import Row

from contest.contenders import CONTENDERS

FIGURES = ("accuracy", "balanced_accuracy", "nll", "ece", "seconds", "fit_seconds", "predict_seconds", "memory_mb")


def by_set(rows: Sequence[Row]) -> pd.DataFrame:
    """Return the mean over seeds of each figure, with an index (model, set): records that came to a result only."""
    done = [
        {name: row.get(name) for name in ("model", "set", *FIGURES)} | {"seconds": seconds_of(row)}
        for row in rows
        if row["status"] == "ok"
    ]
    table = pd.DataFrame(done, columns=["model", "set", *FIGURES])
    table[list(FIGURES)] = table[list(FIGURES)].astype(np.float64)
    return table.groupby(["model", "set"], sort=True).mean()


def seconds_of(row: Row) -> float:
    """Return fit and predict together."""
    return float(row["fit_seconds"]) + float(row["predict_seconds"])  # type: ignore[arg-type]


def wide(table: pd.DataFrame, figure: str) -> pd.DataFrame:
    """Return one figure with a row for each set and a column for each model, those that are known in their order."""
    columns = table[figure].unstack("model")
    known = [name for name in CONTENDERS if name in columns]
    return columns[[*known, *columns.columns.difference(known)]]


def complete(scores: pd.DataFrame, *, share: float = 0.9) -> pd.DataFrame:
    """Return the sets on which all models have a score, leaving out models that lack more than a tenth of them."""
    most = scores.loc[:, scores.notna().mean() >= share]
    return most.dropna()


def summary_of(table: pd.DataFrame) -> dict[str, float | None]:
    """Return the means of each model: those of ours without a prefix, all others with the name of the model."""
    summary: dict[str, float | None] = {}
    for model in wide(table, "accuracy").columns:
        prefix, own = prefix_of(model), table.loc[model]
        summary[f"{prefix}n_sets"] = len(own)
        for figure in ("accuracy", "balanced_accuracy", "nll", "ece"):
            summary[f"{prefix}{figure}_mean"] = number(own[figure].mean())
        summary[f"{prefix}seconds_total"] = number(own["seconds"].sum())
        summary[f"{prefix}fit_seconds_median"] = number(own["fit_seconds"].median())
        summary[f"{prefix}memory_mb_max"] = number(own["memory_mb"].max())
    return summary


def against(table: pd.DataFrame, mine: str, peer: str) -> dict[str, float | None]:
    """Return figures of one of ours and of a peer on the sets on which both came to a result."""
    pair = {model: table.loc[model] for model in (mine, peer)}
    sets = pair[mine].index.intersection(pair[peer].index)
    own, other = pair[mine].loc[sets], pair[peer].loc[sets]
    ending = f"where_{peer}"
    return {
        f"{prefix_of(mine)}n_sets_{ending}": len(sets),
        f"{prefix_of(mine)}accuracy_mean_{ending}": number(own["accuracy"].mean()),
        f"{prefix_of(mine)}nll_mean_{ending}": number(own["nll"].mean()),
        f"{prefix_of(mine)}seconds_total_{ending}": number(own["seconds"].sum()),
        f"{prefix_of(mine)}seconds_over_{peer}": number(own["seconds"].sum() / other["seconds"].sum()),
    }


def prefix_of(model: str) -> str:
    """Return what stands before the keys of a model."""
    return "" if model == "ours" else f"{model}_"


def number(value: float) -> float | None:
    """Return a float, or None for NaN."""
    return float(value) if np.isfinite(value) else None
