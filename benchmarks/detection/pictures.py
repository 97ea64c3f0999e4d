"""Pictures of detectors beside others: file by file, by source, and alarms beside what was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.plot.style import BLUE, CHANCE, GREEN, MISSING, ORANGE, PURPLE, SKY_BLUE, VERMILLION, tidy
from detection.alarms import KINDS, RATES
from detection.peers import WHOLE
from detection.summary import BEST, best_published, table_of

TRACKS = {"u": "one channel", "m": "several channels"}
SOURCES = {"NAB": (BLUE, "o"), "MSL": (VERMILLION, "s"), "SMAP": (GREEN, "^")}
#: Colour of a detector; each peer has that of its kind, and one that learns from the whole series is paler.
COLOURS = {
    "default": VERMILLION,
    "nearest": "#F7B98B",
    "variational": PURPLE,
    "subpca": BLUE,
    "matrix_profile": GREEN,
    "isolation_forest": ORANGE,
    "nearest_neighbours": SKY_BLUE,
    BEST: "#000000",
}
ODDS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
GOAL = 1.5  # factor between the rate of alarms and what was asked for


def draw_volumes(rows: pd.DataFrame, published: pd.DataFrame, path: Path) -> None:
    """Draw ours against the best published file by file, and means by source; a row of panels for each track."""
    tracks = [track for track in TRACKS if (rows["track"] == track).any()]
    figure = Figure(figsize=(11, 3.9 * len(tracks)), layout="constrained")
    panels = figure.subplots(len(tracks), 2, squeeze=False, width_ratios=[1, 2.2])
    for track, (left, right) in zip(tracks, panels, strict=True):
        own = rows[rows["track"] == track]
        table = table_of(own, published)
        sources = own.drop_duplicates("set").set_index("set")["source"].reindex(table.index)
        name, _ = best_published(table.index, published)
        _files(left, table, sources, name)
        _means(right, table, sources, name)
        right.set_title(f"{TRACKS[track]}, {len(table)} files: means")
    figure.savefig(path, dpi=150)


def _files(ax: Axes, table: pd.DataFrame, sources: pd.Series, published: str | None) -> None:
    """Draw a point for each file: ours over the best published; over the best peer where nothing was published."""
    ours = "default" if "default" in table else table.columns[0]
    others = [model for model in table if model != ours]
    other = BEST if published else max(others, key=lambda model: table[model].mean()) if others else ours
    ax.plot([0, 1], [0, 1], color=CHANCE, linewidth=1, linestyle=":")
    for source in dict.fromkeys(sources):
        colour, marker = SOURCES.get(source, (PURPLE, "D"))
        own = table[sources == source]
        ax.scatter(own[other], own[ours], color=colour, marker=marker, s=26, label=source, alpha=0.85, clip_on=False)
    named = f"{published}, published" if published else str(other).replace("_", " ")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel=f"VUS-PR of {named}", ylabel=f"VUS-PR of {ours}", aspect="equal")
    ax.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.01), ncols=len(set(sources)))
    tidy(ax)


def _means(ax: Axes, table: pd.DataFrame, sources: pd.Series, published: str | None) -> None:
    """Draw a group of bars for each source and for all files, a bar for each detector."""
    groups = {source: sources == source for source in dict.fromkeys(sources)} | {"all": sources.notna()}
    width = 0.86 / len(table.columns)
    for number, model in enumerate(table):
        whole = str(model).endswith(WHOLE)
        name = f"{published}, published" if model == BEST else str(model).replace("_", " ")
        ax.bar(
            np.arange(len(groups)) + (number - (len(table.columns) - 1) / 2) * width,
            [table.loc[rows, model].mean() for rows in groups.values()],
            width=0.92 * width,
            color=COLOURS.get(str(model).removesuffix(WHOLE), MISSING),
            alpha=0.4 if whole else 1,
            label=name,
        )
    names = [f"{name}\n{int(rows.sum())} files" for name, rows in groups.items()]
    ax.set_xticks(np.arange(len(groups)), labels=names)
    ax.set_ylabel("VUS-PR, mean")
    ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    tidy(ax)


def draw_alarms(ratios: pd.DataFrame, path: Path) -> None:
    """Draw the share of alarms over the rate asked for, of the default, by source, and by track where it is told."""
    ratios = ratios[(ratios["model"] == "default") & (ratios["ratio"] > 0)]
    if ratios.empty:
        return
    figure = Figure(figsize=(8.5, 3.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for ax, kind in zip(panels, KINDS, strict=True):
        ax.axhspan(1 / GOAL, GOAL, color="#EBEBEB")
        ax.axhline(1, color=CHANCE, linewidth=1, linestyle=":")
        own = ratios[ratios["kind"] == kind]
        by = [name for name in ("track", "source") if name in own]
        for group, line in own.groupby(by, sort=False):
            *track, source = group
            colour, marker = SOURCES.get(source, (PURPLE, "D"))
            label = ", ".join([source, *(TRACKS[one] for one in track)])
            ax.plot(
                line["rate"], line["ratio"], "--" if track == ["m"] else "-", color=colour, marker=marker, label=label
            )
        title = "level follows the alarms (default)" if kind == "adaptive" else "level stays (adaptive=False)"
        ax.set(xscale="log", yscale="log", xlabel="alarms asked for per 1,000 steps", title=title)
        ax.set_xticks(RATES, labels=[str(rate) for rate in RATES])
        ax.set_yticks(ODDS, labels=[f"{ratio:g}" for ratio in ODDS])
        ax.minorticks_off()
        tidy(ax)
    panels[0].set_ylabel("alarms on normal steps\nover what was asked for")
    panels[1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(path, dpi=150)
