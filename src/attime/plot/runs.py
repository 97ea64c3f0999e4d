"""Runs side by side: the course of their losses, and the numbers that came of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from attime.errors import DataError
from attime.plot.canvas import Picture, new_picture
from attime.plot.style import CLASSES, tidy
from attime.records import Comparison

MOST_NUMBERS = 5


def plot_runs(comparison: Comparison, *, numbers: Sequence[str] | None = None) -> Picture:
    """Draw the loss of every epoch of every run, and a panel of bars for each number that came of them.

    Parameters
    ----------
    comparison
        From ``attime.records.compare_runs``.
    numbers
        Which numbers; if not given, the first five in which runs differ.

    Raises
    ------
    DataError
        If there is nothing to draw.
    """
    results = comparison.results
    differ = [str(name) for name in results.index if len(comparison.runs) == 1 or results.loc[name].nunique() > 1]
    chosen = list(numbers) if numbers is not None else differ[:MOST_NUMBERS]
    if unknown := [name for name in chosen if name not in results.index]:
        raise DataError(f"no run has the number {unknown[0]!r}; there are {', '.join(map(str, results.index))}")
    curves = [(name, comparison.losses(run)) for name, run in zip(results.columns, comparison.runs, strict=True)]
    has_curves = any(losses for _, losses in curves)
    if not chosen and not has_curves:
        raise DataError("the runs have no epochs, and no numbers in which they differ, so there is nothing to draw")
    n_panels = len(chosen) + has_curves
    n_columns = min(3, n_panels)
    n_rows = -(-n_panels // n_columns)
    figure = new_picture(width=3.6 * n_columns, height=2.4 * n_rows)
    panels = figure.subplots(n_rows, n_columns, squeeze=False).flatten()
    if has_curves:
        _draw_losses(panels[0], curves)
    for ax, name in zip(panels[int(has_curves) :], chosen, strict=False):
        _draw_bars(ax, name, list(results.columns), results.loc[name].to_numpy(dtype=float))
    for ax in panels[n_panels:]:
        ax.remove()
    return figure


def _draw_losses(ax: Axes, curves: Sequence[tuple[str, dict[str, np.ndarray]]]) -> None:
    for number, (run, losses) in enumerate(curves):
        for which, loss in losses.items():
            ax.plot(
                np.arange(1, len(loss) + 1),
                loss,
                color=CLASSES[number % len(CLASSES)],
                linestyle="-" if which == "1" else "--",
                marker="." if len(loss) == 1 else None,
                label=run if which == "1" else None,
            )
    ax.set(xlabel="epoch", ylabel="validation loss")
    ax.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
    ax.legend(frameon=False, fontsize="small")
    tidy(ax)


def _draw_bars(ax: Axes, name: str, runs: Sequence[str], values: np.ndarray) -> None:
    places = np.arange(len(values))
    colours = [CLASSES[number % len(CLASSES)] for number in range(len(values))]
    bars = ax.barh(places, values, color=colours)
    ax.bar_label(bars, labels=[f"{value:.4g}" if np.isfinite(value) else "–" for value in values], padding=3)
    ax.set(yticks=places, yticklabels=list(runs), title=name.replace("_", " "))
    ax.invert_yaxis()
    ax.margins(x=0.25)
    tidy(ax)
