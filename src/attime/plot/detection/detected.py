"""A series with what was found in it: events shaded, the score beside its threshold, p-values as darkness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Shaped
from matplotlib.axes import Axes

from attime.errors import DataError
from attime.estimators.detection import Detected
from attime.plot.canvas import new_axes
from attime.plot.detection.lanes import chosen_channels, lanes_of, name_lanes, placed
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import edges, places, write_times
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.style import BLUE, FRAME, SERIES, SKY_BLUE, TRUTH, VERMILLION

MOST_CHANNELS = 8
MOST_NUMBERED = 40  # events
SCORE, STRIP = 1.4, 0.35  # heights, in lanes


def plot_detected(
    detected: Detected,
    *,
    channels: Sequence[str] | None = None,
    truth: Shaped[np.ndarray, " time"] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw channels, the score on a scale of powers with its threshold, and below it how rare it is.

    Events are shaded and numbered from 1, in the order of time. Each channel has its own range.

    Parameters
    ----------
    detected
        From ``detector.detect(X)``; one series.
    channels
        Names of those to draw; if not given all, or of many those that events name, and the first.
    truth
        What is known to be anomalous, 1 or true; drawn as a bar on top.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    OptionError
        If there is no such channel.
    DataError
        If `truth` has another number of steps.

    Examples
    --------
    >>> from attime import AttentionDetector
    >>> series = np.sin(np.arange(600) / 4)
    >>> series[500:510] = 0
    >>> detected = AttentionDetector(window=25).fit(series[:400]).detect(series[400:])
    >>> ax = plot_detected(detected)
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['value', 'score', 'p-value']
    """
    if truth is not None and len(truth) != len(detected):
        raise DataError(f"truth has {len(truth)} steps and the series {len(detected)}; both must be of the same steps")
    drawn = chosen_channels(detected.channels, channels, _usual_channels(detected))
    ax = new_axes(width=7.6, height=1.9 + 0.55 * len(drawn)) if ax is None else ax
    when = places(detected.times)
    names = ["value"] if len(detected.channels) == 1 else [detected.channels[number] for number in drawn]
    middles = []
    limits = lanes_of([detected.values[number] for number in drawn])
    for lane, number in enumerate(drawn):
        base = float(len(drawn) - 1 - lane)
        ax.plot(when, placed(detected.values[number], limits[lane], base), color=SERIES, linewidth=0.7, zorder=3)
        middles.append(base + 0.5)
    _draw_score(ax, when, detected)
    borders = np.array([-SCORE - STRIP - 0.1, -SCORE - 0.1])
    rarity = -np.log10(detected.p_values)
    mesh = draw_cells(ax, when, borders, rarity[np.newaxis], colour_scale([rarity]))
    _shade_events(ax, edges(when), detected, top=float(len(drawn)))
    if truth is not None:
        _draw_truth(ax, edges(when), np.asarray(truth) > 0, top=float(len(drawn)))
    name_lanes(ax, [*names, "score", "p-value"], [*middles, -SCORE / 2, float(borders.mean())])
    ax.set_ylim(borders[0] - 0.1, len(drawn) + 0.35)
    ax.margins(x=0)
    write_times(ax, detected.times, "time step")
    add_colour_bar([ax], mesh, "−log₁₀ p")
    return ax


def _usual_channels(detected: Detected) -> Sequence[str]:
    if len(detected.channels) <= MOST_CHANNELS:
        return detected.channels
    severe = sorted(detected.events, key=lambda event: -event.severity)
    named = [event.channel for event in severe if event.channel in detected.channels]
    return list(dict.fromkeys([*named, *detected.channels]))[:MOST_CHANNELS]


def _draw_score(ax: Axes, when: np.ndarray, detected: Detected) -> None:
    """Draw the score; on a scale of powers, for the worst would press all others down to the ground."""
    threshold = np.full(len(when), detected.threshold)
    positive = detected.scores[detected.scores > 0]
    least = float(np.quantile(positive, 0.01)) if len(positive) else 1.0
    score, level = (np.log10(np.maximum(row, least)) for row in (detected.scores, threshold))
    (limits,) = lanes_of([np.concatenate([score, level[np.isfinite(level)][:1]])])
    ax.plot(when, placed(score, limits, -SCORE, SCORE), color=BLUE, linewidth=0.8, zorder=3)
    if np.isfinite(detected.threshold):
        ax.plot(when, placed(level, limits, -SCORE, SCORE), color=FRAME, linewidth=0.8, linestyle=(0, (4, 2)), zorder=4)
        ax.annotate(
            "threshold", (1, float(placed(level[:1], limits, -SCORE, SCORE)[0])),
            xycoords=("axes fraction", "data"), xytext=(-2, 2), textcoords="offset points",
            fontsize="x-small", color=FRAME, ha="right", va="bottom",
        )  # fmt: skip


def _shade_events(ax: Axes, sides: np.ndarray, detected: Detected, *, top: float) -> None:
    for number, event in enumerate(detected.events):
        left, right = sides[event.start], sides[event.end]
        ax.axvspan(left, right, facecolor=TRUTH, edgecolor=FRAME, linewidth=0.4, zorder=0)
        if len(detected.events) <= MOST_NUMBERED:
            ax.text((left + right) / 2, top + 0.05, str(number + 1), ha="center", va="bottom", fontsize="x-small")


def _draw_truth(ax: Axes, sides: np.ndarray, marked: Bool[np.ndarray, " time"], *, top: float) -> None:
    edge = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8))).reshape(-1, 2)
    bars = [(sides[first], sides[end] - sides[first]) for first, end in edge.tolist()]
    ax.broken_barh(bars, (top - 0.02, 0.07), facecolor=VERMILLION, edgecolor=SKY_BLUE, linewidth=0, zorder=4)
