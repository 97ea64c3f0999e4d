"""A picture of the leakage check: each leak and honest column in each table, found, missed or accused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from attime.plot.style import tidy

COLOURS = ("#EBEBEB", "#009E73", "#E69F00", "#D55E00")
NAMES = ("", "as it should be", "in some of the tables", "missed, or accused")


def draw_leaks(rows: pd.DataFrame, path: Path) -> None:
    """Draw a square for each leak or honest column (down) and set (across), coloured by how often all was right."""
    rows = rows[~rows["set"].str.contains(": ")]
    if rows.empty:
        return
    right = ~(rows["missed"] | rows["accused"]).astype(bool)
    table = right.groupby([rows["model"], rows["set"]], sort=False).mean().unstack(sort=False)
    shown = np.select([table.isna(), table == 1, table > 0], [0, 1, 2], 3)
    figure = Figure(figsize=(7.5, 1.5 + 0.2 * len(table)), layout="constrained")
    ax = figure.subplots()
    ax.pcolormesh(shown, cmap=ListedColormap(COLOURS), vmin=-0.5, vmax=3.5, edgecolors="white", linewidth=1)
    ax.set_xticks(np.arange(len(table.columns)) + 0.5, labels=table.columns, rotation=40, ha="right")
    ax.set_yticks(np.arange(len(table)) + 0.5, labels=table.index, fontsize=8)
    ax.invert_yaxis()
    tidy(ax)
    handles = [ax.plot([], [], "s", color=colour, label=name)[0] for colour, name in zip(COLOURS, NAMES, strict=True)]
    figure.legend(handles=handles[1:], loc="outside upper center", ncols=3, frameon=False, fontsize=8)
    figure.savefig(path, dpi=150)
