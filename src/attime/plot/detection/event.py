"""One event: normal windows laid over the unusual one, and by how much it differs at each step and channel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes

from attime.errors import DataError, OptionError
from attime.estimators.detection import Departure
from attime.plot.canvas import new_axes
from attime.plot.detection.lanes import chosen_channels, lanes_of, name_lanes, placed
from attime.plot.forecasting.heat import draw_cells
from attime.plot.forecasting.times import edges, places, write_times
from attime.plot.heat import add_colour_bar, colour_scale
from attime.plot.style import BLUE, SERIES, SKY_BLUE, TRUTH

MOST_CHANNELS = 6
MOST = 2  # windows before and after the one that is compared: of a long event a part is drawn
STRIP = 0.16  # of a lane


def plot_event(
    departure: Departure,
    number: int = 0,
    *,
    channels: Sequence[str] | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the surroundings of an event, what would have been normal, and the nearest normal windows.

    Below each channel a strip tells how far it is from what was expected. The event is shaded; of a
    long one the part around the window is drawn that is compared with normal ones.

    Parameters
    ----------
    departure
        From ``detector.explain(X)``; one series.
    number
        Which of its events, counted from 0.
    channels
        Names of those to draw; if not given, the six that depart most.
    limit
        Relevance that gets the darkest colour; the largest that is drawn, by default.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    DataError
        If nothing was found.
    OptionError
        If there is no such event or channel.

    Examples
    --------
    >>> from attime import AttentionDetector
    >>> series = np.sin(np.arange(600) / 4)
    >>> series[500:510] = 0
    >>> departure = AttentionDetector(window=25).fit(series[:400]).explain(series[400:])
    >>> ax = plot_event(departure, departure.worst[0])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['series', 'expected', 'nearest normal windows']
    """
    check_event(departure, number)
    part, detected = departure.events[number], departure.detected
    event = part.event
    drawn = chosen_channels(detected.channels, channels, part.channels[:MOST_CHANNELS])
    around = departure.window // 2
    first = max(min(event.start, part.begin) - around, part.begin - MOST * departure.window, 0)
    end = max(event.end, part.begin + departure.window) + around
    end = min(end, part.begin + (MOST + 1) * departure.window, len(detected))
    when = places(detected.times[first:end])
    sides = edges(when)
    ax = new_axes(width=7.6, height=1.2 + 0.9 * len(drawn)) if ax is None else ax
    inside = slice(part.begin - first, min(part.begin + departure.window, end) - first)
    strips = [departure.relevance[first:end, channel] for channel in drawn]
    scale = colour_scale(strips, limit=limit)
    middles = []
    for lane, channel in enumerate(drawn):
        base = float(len(drawn) - 1 - lane)
        values, expected = detected.values[channel, first:end], departure.expected[first:end, channel]
        normal = [near.values[channel, : inside.stop - inside.start] for near in part.nearest]
        (limits,) = lanes_of([np.concatenate([values, expected, *normal])])
        height = 1 - STRIP
        for near, row in zip(part.nearest, normal, strict=True):
            _line(ax, when[inside], placed(row, limits, base + STRIP, height), SKY_BLUE, 0.5 + 2 * near.weight, "-",
                  "nearest normal windows")  # fmt: skip
        _line(ax, when, placed(expected, limits, base + STRIP, height), BLUE, 1.2, (0, (3, 1.5)), "expected")
        _line(ax, when, placed(values, limits, base + STRIP, height), SERIES, 1.2, "-", "series")
        mesh = draw_cells(ax, when, np.array([base + 0.06, base + STRIP]), strips[lane][np.newaxis], scale)
        middles.append(base + 0.5)
    ax.axvspan(sides[max(event.start - first, 0)], sides[min(event.end, end) - first], facecolor=TRUTH, zorder=0)
    names = ["value"] if len(detected.channels) == 1 else [detected.channels[channel] for channel in drawn]
    name_lanes(ax, names, middles)
    ax.set_ylim(0, len(drawn))
    ax.set_xlim(sides[0], sides[-1])
    write_times(ax, detected.times, "time step")
    _legend(ax)
    add_colour_bar([ax], mesh, "relevance")
    return ax


def check_event(departure: Departure, number: int) -> None:
    """Raise unless there is such an event."""
    if not departure.events:
        raise DataError("nothing was found in this series, so there is no event to draw; see plot_detected")
    if not 0 <= number < len(departure.events):
        raise OptionError(f"number is {number}, but {len(departure.events)} events were found; choose one from 0")


def _line(
    ax: Axes, when: Float64[np.ndarray, " time"], values: Float64[np.ndarray, " time"], colour: str, width: float,
    dash: object, label: str,
) -> None:  # fmt: skip
    ax.plot(when, values, color=colour, linewidth=width, linestyle=dash, label=label, zorder=3, solid_capstyle="butt")


def _legend(ax: Axes) -> None:
    handles, labels = ax.get_legend_handles_labels()
    known = dict(zip(labels, handles, strict=True))
    names = [name for name in ("series", "expected", "nearest normal windows") if name in known]
    ax.legend(
        [known[name] for name in names], names, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False,
        fontsize="small", borderaxespad=0.2,
    )  # fmt: skip
