"""Means over files by source, how sure they are, and by how much we are better than others."""

from __future__ import annotations

import pandas as pd

from detection.alarms import alarm_ratios, worst_factor
from detection.intervals import interval
from detection.peers import EVERY

BEST = "published_best"
#: Sources that goals are stated for together.
TOGETHER = {"MSL_SMAP": ("MSL", "SMAP")}
Summary = dict[str, float | None]


def table_of(rows: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return VUS-PR with a row for each file, a column for each detector, and the best published one."""
    table = rows.pivot(index="set", columns="model", values="vus_pr")[list(dict.fromkeys(rows["model"]))]
    name, best = best_published(table.index, published)
    return table if name is None else table.assign(**{BEST: best.reindex(table.index)})


def best_published(files: pd.Index, published: pd.DataFrame) -> tuple[str | None, pd.Series]:
    """Return that published detector, of those with figures for as many of the files as any, whose mean is highest."""
    table = published[published["set"].isin(files)].pivot(index="set", columns="model", values="vus_pr")
    if table.empty:
        return None, pd.Series(dtype=float)
    complete = table.loc[:, table.notna().sum() == table.notna().sum().max()]
    name = str(complete.mean().idxmax())
    return name, complete[name]


def summary_of(rows: pd.DataFrame, published: pd.DataFrame) -> Summary:
    """Return the figures of each track, and how far the alarms are from what was asked for."""
    summary: Summary = {}
    for track in ("u", "m"):
        own = rows[rows["track"] == track]
        if len(own):
            found = of_track(own, published)
            summary |= {f"{track}_{key}": value for key, value in found.items()}
    return summary | of_alarms(rows)


def of_track(rows: pd.DataFrame, published: pd.DataFrame) -> Summary:
    """Return means over the files and those of each source, intervals, differences and seconds."""
    table = table_of(rows, published)
    sources = rows.drop_duplicates("set").set_index("set")["source"].reindex(table.index)
    groups = {name: [name] for name in dict.fromkeys(sources)} | {
        name: [*parts] for name, parts in TOGETHER.items() if set(parts) <= set(sources)
    }
    summary: Summary = {"n_files": len(table)}
    for model in table:
        name = "" if model == "default" else f"{model}_"
        figures = {"mean": table[model].mean()}
        figures |= {group: table.loc[sources.isin(parts), model].mean() for group, parts in groups.items()}
        known = table[model].dropna().to_numpy()
        figures |= dict(zip(("low", "high"), interval(known), strict=True))
        key = BEST if model == BEST else f"{name}vus_pr"
        summary |= {f"{key}_{what}": float(figure) for what, figure in figures.items()}
    peers = [model for model in table if model in EVERY]
    if "default" in table and peers:
        best = max(peers, key=lambda peer: table[peer].mean())
        summary |= over(table["default"] - table[best], "over_best_peer")
    if "default" in table and BEST in table:
        summary |= over((table["default"] - table[BEST]).dropna(), "over_published_best")
    for model, seconds in rows.groupby("model", sort=False)["seconds"]:
        name = "" if model == "default" else f"{model}_"
        summary |= {f"{name}seconds_median": float(seconds.median()), f"{name}seconds_max": float(seconds.max())}
    return summary | ({"n_failed": int(rows["failed"].notna().sum())} if "failed" in rows else {})


def over(differences: pd.Series, key: str) -> Summary:
    """Return the mean difference and its limits."""
    low, high = interval(differences.to_numpy())
    return {key: float(differences.mean()), f"{key}_low": low, f"{key}_high": high}


def of_alarms(rows: pd.DataFrame) -> Summary:
    """Return the ratios of alarms of the default, and the largest factor between what was asked for and what came."""
    ratios = alarm_ratios(rows)
    ratios = ratios[ratios["model"] == "default"]
    summary: Summary = {
        f"{one.track}_alarm_ratio_{one.rate}_{one.source}_{one.kind}": float(one.ratio) for one in ratios.itertuples()
    }
    for kind, own in ratios.groupby("kind"):
        summary[f"worst_ratio_asked_to_observed{'' if kind == 'adaptive' else '_fixed'}"] = worst_factor(own)
    return summary
