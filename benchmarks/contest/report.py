"""What ucr and uea tell of a run: tables, pictures and the summary."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from common import Result, Row, Settings, show_table

from contest.contenders import NAMES, OURS
from contest.draw_accuracy import draw_rivals, draw_seconds
from contest.draw_ranks import draw_ranks
from contest.published import Published
from contest.ranks import duel, rank
from contest.results import against, by_set, complete, number, prefix_of, summary_of, wide
from contest.run import Outcome

COLUMNS = (
    "set", "seed", "model", "filled", "status", "n_train", "n_steps", "n_classes", "accuracy", "balanced_accuracy",
    "nll", "ece", "fit_seconds", "predict_seconds", "memory_mb", "evidence_error", "published_best",
)  # fmt: skip


def report(outcome: Outcome, published: Published, settings: Settings, *, name: str, columns: Sequence[str]) -> Result:
    """Print tables, draw pictures as NAME_*.png, and return rows with published figures beside, and the summary."""
    rows = [row | published.of(str(row["set"]), tuple(columns)) for row in outcome.rows]
    show_table(rows, title=f"{name}, the archive's own split", columns=COLUMNS)
    table = by_set(rows)
    accuracies = wide(table, "accuracy")
    mine = [model for model in OURS if model in accuracies]
    duels = duels_of(accuracies, published.on(list(accuracies.index)), mine)
    show_table(duels, title="ours against each other classifier; p of Wilcoxon's test, uncorrected")
    draw(table, published, settings, name=name, columns=columns)
    summary = summary_of(table) | _failures(rows) | _published(accuracies, published, mine, columns)
    for model in mine:
        for peer in accuracies.columns.difference(list(OURS)):
            summary |= against(table, model, peer)
    told = {*accuracies.columns, *(f"published_{column}" for column in columns)}
    for found in (one for one in duels if one["rival"] in told):
        for key in ("wins", "draws", "losses", "p_value"):
            summary[f"{prefix_of(str(found['model']))}{key}_against_{found['rival']}"] = found[key]  # type: ignore[assignment]
    summary |= {f"{prefix_of(model)}warming_seconds": value for model, value in outcome.warming_seconds.items()}
    return Result(summary, rows)


def duels_of(accuracies: pd.DataFrame, published: pd.DataFrame, mine: Sequence[str]) -> list[Row]:
    """Return wins, draws and losses of each of ours against every other column, run or published."""
    others = accuracies.join(published.add_prefix("published_"))
    found: list[Row] = []
    for model in mine:
        for rival in others.columns.drop(model):
            pair = others[[model, rival]].dropna()
            if len(pair):
                one = duel(model, rival, pair[model].to_numpy(), pair[rival].to_numpy())
                found.append(
                    {
                        "model": model, "rival": rival, "sets": len(pair), "wins": one.wins, "draws": one.draws,
                        "losses": one.losses, "mean_difference": one.mean_difference, "p_value": one.p_value,
                    }
                )  # fmt: skip
    return found


def shown(column: str) -> str:
    """Return a published column under a name for pictures."""
    return f"{column.removeprefix('LITErepo_')}, published"


def draw(table: pd.DataFrame, published: Published, settings: Settings, *, name: str, columns: Sequence[str]) -> None:
    """Draw ranks of what ran, ranks among published figures, accuracy against seconds, and ours against rivals."""
    accuracies = wide(table, "accuracy")
    sets = list(accuracies.index)
    beside = published.on(sets)
    beside = beside[beside.columns.intersection(list(columns), sort=False)].rename(columns=shown)
    among = accuracies.join(beside, how="inner")
    for part, title, scores in (
        ("ranks", f"{name.upper()}, this run", complete(accuracies)),
        ("ranks_published", f"{name.upper()}, beside published figures", complete(among)),
    ):
        if len(scores) > 1 and scores.shape[1] > 1:
            ranking = rank(list(scores.columns), scores.to_numpy())
            figure = draw_ranks(ranking, NAMES, mine=OURS, title=title)
            figure.savefig(settings.pictures / f"{name}_{part}.png", dpi=150)
    both = complete(accuracies)
    seconds = wide(table, "seconds").loc[both.index, both.columns]
    points = {NAMES.get(model, model): (float(seconds[model].sum()), float(both[model].mean())) for model in both}
    threads = f"{settings.threads} thread{'' if settings.threads == 1 else 's'}"
    title = f"{name.upper()}: mean accuracy and seconds of {len(both)} sets, {threads}"
    draw_seconds(points, mine=[NAMES[model] for model in OURS], title=title).savefig(
        settings.pictures / f"{name}_seconds.png", dpi=150
    )
    if "ours" in accuracies:
        rivals = {NAMES.get(model, model): accuracies[model].tolist() for model in accuracies.columns.drop("ours")}
        if not published.accuracies.empty:
            rivals["best published for the set"] = published.accuracies.max(axis=1).reindex(sets).tolist()
        figure = draw_rivals("ours", accuracies["ours"].tolist(), rivals, title=f"{name.upper()}: accuracy set by set")
        figure.savefig(settings.pictures / f"{name}_accuracy.png", dpi=150)


def _failures(rows: Sequence[Row]) -> dict[str, float | None]:
    """Count what went wrong, and say how far evidence is from summing to the logits."""
    counts: dict[str, float | None] = {}
    for model in dict.fromkeys(str(row["model"]) for row in rows):
        own = [row for row in rows if row["model"] == model]
        counts[f"{prefix_of(model)}failed"] = sum(str(row["status"]).startswith("failed") for row in own)
        counts[f"{prefix_of(model)}filled"] = sum(bool(row["filled"]) for row in own)
        errors = [float(row["evidence_error"]) for row in own if row.get("evidence_error") is not None]  # type: ignore[arg-type]
        if errors:
            counts[f"{prefix_of(model)}evidence_error_max"] = max(errors)
    return counts


def _published(
    accuracies: pd.DataFrame, published: Published, mine: Sequence[str], columns: Sequence[str]
) -> dict[str, float | None]:
    """Return the best published mean, and ours on the same sets, for all and for chosen columns."""
    known = published.on(list(accuracies.index))
    best = published.best_column(list(accuracies.index))
    summary: dict[str, float | None] = {"published_best_mean": best[1] if best else None}
    if best is None:
        return summary
    summary["n_sets_published"] = len(known)
    summary["published_best_of_each_set_mean"] = number(published.accuracies.loc[known.index].max(axis=1).mean())
    for model in mine:
        summary[f"{prefix_of(model)}accuracy_mean_where_published"] = number(accuracies.loc[known.index, model].mean())
    for column in columns:
        if column in published.accuracies:
            figures = published.accuracies[column].reindex(accuracies.index).dropna()
            summary[f"published_{column}_accuracy_mean"] = number(figures.mean())
            summary[f"published_{column}_n_sets"] = len(figures)
            for model in mine:
                value = accuracies.loc[figures.index, model].mean()
                summary[f"{prefix_of(model)}accuracy_mean_where_published_{column}"] = number(value)
    return summary
