"""What matters to forecasts: how much worse they are without each covariate, and at which steps, and when."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float64, Int
from matplotlib.axes import Axes

from attime.explain.forecasting import Importance
from attime.measures.forecasting.verdict import SIGNIFICANT
from attime.names import pick
from attime.plot.canvas import new_axes
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import places, write_times
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.style import BLUE, CHANCE, FRAME, VERMILLION, class_colour, short, tidy

MARKERS = ("o", "s", "^", "D", "v", "P")


def plot_importance(importance: Importance, *, over: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw by how much the error rises where what is read of the series, or of a covariate, is replaced.

    Parameters
    ----------
    importance
        From ``attime.explain.forecasting.importance``.
    over
        None: a dot for each, with its 95 % interval, the numbers on the right; full where the rise is more than chance
        makes. ``"step"``: a line for each over the steps of the past, with its interval as a band. ``"origin"``: a row
        of cells for each over the times of the forecasts, as a mean over the series.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    OptionError
        If there is no such `over`.

    Examples
    --------
    >>> from attime.estimators.forecasting import AttentionForecaster
    >>> from attime.explain.forecasting import importance
    >>> forecaster = AttentionForecaster(4, "linear").fit(np.sin(np.arange(300) / 3))
    >>> plot_importance(importance(forecaster)).get_yticklabels()[0].get_text()
    'y'
    """
    forms = {"step": _over_steps, "origin": _over_origins}
    draw = _in_all if over is None else pick(forms, over, what="over")
    if ax is None:
        rows = len(importance.names)
        ax = new_axes(width=7.2, height=3.4 if over == "step" else 1.3 + 0.36 * rows)
    draw(ax, importance)
    return ax


def _in_all(ax: Axes, found: Importance) -> None:
    for row, (rise, low, high, p) in enumerate(zip(found.rise, found.low, found.high, found.p_value, strict=True)):
        better = p < SIGNIFICANT and rise > 0
        colour = BLUE if better else VERMILLION
        if math.isfinite(low):
            ax.plot([low, high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt", zorder=2)
        ax.plot(rise, row, color=colour, marker="o", markersize=7, markerfacecolor=colour if better else "white",
                linestyle="none", zorder=3)  # fmt: skip
        ax.annotate(f"{rise:.3g} ({100 * rise / found.error:+.0f} %)".replace("-", "−"), (1, row), (84, 0),
                    xycoords=ax.get_yaxis_transform(), textcoords="offset points", ha="right", va="center",
                    fontsize="small", annotation_clip=False)  # fmt: skip
    ax.axvline(0, color=CHANCE, linewidth=0.8, linestyle="--", zorder=0)
    _name_rows(ax, found, np.arange(len(found.names)))
    ax.set_ylim(len(found.names) - 0.4, -0.6)
    ax.set_xlabel(f"rise of the mean absolute error of {found.error:.3g}, with its 95 % interval")
    tidy(ax)


def _over_steps(ax: Axes, found: Importance) -> None:
    middles = -found.blocks.mean(axis=1)
    for number, name in enumerate(found.names):
        colour = class_colour(number)
        ax.plot(middles, found.rise_by_block[number], color=colour, marker=MARKERS[number % len(MARKERS)], markersize=4,
                linewidth=1.6, label=short(name), zorder=3)  # fmt: skip
        low, high = found.low_by_block[number], found.high_by_block[number]
        if np.isfinite(low).all():
            ax.fill_between(middles, low, high, color=colour, alpha=0.15, linewidth=0, zorder=1)
    ax.axhline(0, color=CHANCE, linewidth=0.8, linestyle="--", zorder=0)
    size = found.blocks[0, 0] - found.blocks[0, 1] + 1
    ax.set_xlabel(f"step of the past, 0 is the first step ahead ({'each' if size == 1 else f'{size} at a time'})")
    ax.set_ylabel(f"rise of the MAE of {found.error:.3g}")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, fontsize="small", borderaxespad=0.2)
    tidy(ax)


def _over_origins(ax: Axes, found: Importance) -> None:
    stamps, place = np.unique(found.stamps, return_inverse=True)
    rise = np.array([_mean_of(row, place, len(stamps)) for row in found.rise_by_window])
    n_names = len(found.names)
    mesh = draw_cells(ax, places(stamps), np.arange(n_names + 1.0) - 0.5, rise, colour_scale([rise]))
    _name_rows(ax, found, np.arange(n_names))
    ax.set_ylim(n_names - 0.5, -0.5)
    ax.spines[:].set(color=FRAME, linewidth=0.5)
    write_times(ax, stamps, found.columns[1])
    add_colour_bar([ax], mesh, f"rise of the MAE of {found.error:.3g}")


def _name_rows(ax: Axes, found: Importance, rows: Int[np.ndarray, " name"]) -> None:
    ax.set_yticks(rows, [short(name) for name in found.names])


def _mean_of(
    values: Float64[np.ndarray, " window"], place: Int[np.ndarray, " window"], n_places: int
) -> Float64[np.ndarray, " place"]:
    """Return the mean of the windows at each place, of those that are known."""
    known = ~np.isnan(values)
    sums = np.bincount(place[known], weights=values[known], minlength=n_places)
    counts = np.bincount(place[known], minlength=n_places)
    return sums / np.where(counts > 0, counts, np.nan)
