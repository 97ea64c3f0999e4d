"""One plot for every map of attention: who asks downwards, what is looked at to the right, the darker the more.

Time runs to the right wherever there is only one of it, as in all pictures of this room.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import FixedLocator, MaxNLocator

from attime.attention import AttentionMap
from attime.errors import OptionError
from attime.plot.canvas import new_axes, new_picture
from attime.plot.heat import MOST_COLUMNS, add_colour_bar, colour_scale
from attime.plot.style import FRAME, relevance_colours

#: The axes of a map beside its case and its heads, and which of them run downwards and to the right.
LAYOUTS: dict[tuple[str, ...], tuple[str, str]] = {
    ("query", "key"): ("query", "key"),
    ("step ahead", "time"): ("step ahead", "time"),
    ("time", "module"): ("module", "time"),
    ("channel", "time"): ("channel", "time"),
    ("time",): ("", "time"),
}
LABEL = "attention weight"
WIDEST, TALLEST = 4.0, 2.0  # beyond these ratios of columns to rows, and of rows to columns, cells are not square


def plot_map(
    map: AttentionMap,
    *,
    case: int = 0,
    head: int | None = None,
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    limit: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the attention of one case as a matrix, or as a strip if there is but one row.

    Whoever looks at nothing, at the end of a case, is padding and is not drawn; in self-attention neither are the keys
    that stand for it. All else without weight is white, for sparse and hard attention pass over what is really there.

    Parameters
    ----------
    map
        Any map with the axes (case, query, key), (case, step ahead, time), (case, time, module), (case, channel, time)
        or (case, time), with or without heads after the case.
    case
        Which case to draw, counted from 0.
    head
        Which head to draw, counted from 0; the mean over all heads if not given.
    queries, keys
        Words for the rows and for the columns; numbers by default, in time steps where a token has several. Words
        decide how much is drawn: they may leave out what has no weight at the end, such as the padding of a sentence.
    limit
        Weight that gets the darkest colour; the largest that is drawn, by default. Pass the same to several pictures
        that are to be compared.
    title
        Stands above the picture; by default the name of the map, and which of its heads are drawn.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    OptionError
        If the map has other axes, there is no such case or head, the words are too many or leave out weights, or
        `limit` is not above 0.

    Examples
    --------
    >>> import torch
    >>> weights = torch.tensor([[[0.9, 0.1, 0.0], [0.0, 0.2, 0.8]]])
    >>> alignment = AttentionMap("alignment", weights, ("case", "query", "key"))
    >>> ax = plot_map(alignment, queries=["die", "Katze"], keys=["the", "black", "cat"])
    >>> ax.get_title(), ax.get_ylabel(), [tick.get_text() for tick in ax.get_yticklabels()]
    ('alignment', 'query', ['die', 'Katze'])
    >>> ax = plot_map(AttentionMap("pooling", torch.full((1, 60), 1 / 60), ("case", "time")))
    >>> ax.images[0].get_array().shape, ax.get_xlabel()
    ((1, 60), 'time step')
    """
    heads = _heads(map, case)
    rows, columns = _sides(map, heads, queries, keys)
    if head is not None:
        _check_number("head", head, len(heads) if "head" in map.axes else 0, map)
    matrix = (heads.mean(axis=0) if head is None else heads[head])[: rows.count, : columns.count]
    if ax is None:
        ax = _new_axes(rows, columns)
    image = _draw(ax, matrix, rows, columns, colour_scale([matrix], limit=limit))
    add_colour_bar([ax], image, LABEL)
    if title is None:
        which = "" if len(heads) == 1 else f", mean of {len(heads)} heads" if head is None else f", head {head}"
        title = map.name + which
    ax.set_title(title)
    return ax


def plot_heads(map: AttentionMap, *, case: int = 0, columns: int = 4) -> Figure:
    """Draw one small matrix for each head of one case, all on one colour scale.

    Parameters
    ----------
    map
        A map with heads, such as that of a transformer's layer. Padding is not drawn, as in `plot_map`.
    case
        Which case to draw, counted from 0.
    columns
        Heads beside each other before the next row begins.

    Raises
    ------
    OptionError
        If the map has no heads or other unknown axes, there is no such case, or `columns` is below 1.

    Examples
    --------
    >>> import torch
    >>> layer = AttentionMap("layer 1", torch.eye(6).expand(1, 2, 6, 6), ("case", "head", "query", "key"))
    >>> [ax.get_title() for ax in plot_heads(layer).axes if ax.images]
    ['head 0', 'head 1']
    """
    heads = _heads(map, case)
    if "head" not in map.axes:
        raise OptionError(f"the map {map.name!r} has the axes {map.axes}, expected 'head' among them; use plot_map")
    if columns < 1:
        raise OptionError(f"columns is {columns}, expected at least 1: the heads beside each other")
    down, right = _sides(map, heads, None, None)
    n_columns = min(columns, len(heads))
    n_rows = math.ceil(len(heads) / n_columns)
    height = 1.9 * min(down.count / right.count, 1.5) if _is_matrix(down, right) else 1.2
    figure = new_picture(width=1.4 + 1.9 * n_columns, height=0.7 + (height + 0.35) * n_rows, compressed=True)
    figure.suptitle(map.name)
    scale = colour_scale([heads])
    axes = []
    for number, matrix in enumerate(heads):
        ax = figure.add_subplot(n_rows, n_columns, number + 1)
        image = _draw(ax, matrix[: down.count, : right.count], down, right, scale)
        ax.set_title(f"head {number}", fontsize="medium")
        if number % n_columns:
            ax.tick_params(labelleft=False)
            ax.set_ylabel("")
        if number + n_columns < len(heads):
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
        axes.append(ax)
    add_colour_bar(axes, image, LABEL)
    return figure


@dataclass(frozen=True, eq=False)
class _Side:
    """What runs along one side of the matrix: so many entries of an axis, in numbers or in words."""

    axis: str
    count: int
    stride: int
    words: Sequence[str] | None

    @property
    def edges(self) -> tuple[float, float]:
        """Where it begins and ends, in time steps where a token has several; the first step ahead is 1."""
        first = 0.5 if self.axis == "step ahead" else -0.5
        return first, first + self.count * self.stride

    def write_on(self, axis: Axis) -> None:
        """Put ticks and a label on one axis of the picture."""
        name = "time step" if self.axis == "time" else self.axis
        unit = f"tokens of {self.stride} steps" if self.words else f"step, tokens of {self.stride}"
        axis.set_label_text(name if self.stride == 1 else f"{name} ({unit})")
        if self.words is None:
            numbers = MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True)
            axis.set_major_locator(numbers if self.axis else FixedLocator([]))
            return
        middles = self.edges[0] + self.stride * (np.arange(self.count) + 0.5)
        axis.set_ticks(middles, list(self.words), fontsize=min(10.0, 400 / max(self.count, 1)))
        lengths = [len(word) for word in self.words]
        if isinstance(axis, XAxis) and max(lengths, default=0) > 3 and sum(lengths) > 24:
            for tick in axis.get_ticklabels():
                tick.set(rotation=40, ha="right", rotation_mode="anchor")


def _heads(map: AttentionMap, case: int) -> Float[np.ndarray, "head row column"]:
    """Return the weights of one case as they are drawn, with one head if the map has none."""
    _, right = _layout(map)
    _check_number("case", case, len(map.weights), map)
    weights: Float[np.ndarray, "*axes"] = map.weights[case].detach().double().cpu().numpy()
    if "head" not in map.axes:
        weights = weights[None]
    if weights.ndim == 2:
        weights = weights[:, None]
    return weights if map.axes[-1] == right else weights.swapaxes(1, 2)


def _layout(map: AttentionMap) -> tuple[str, str]:
    beside_case = map.axes[2:] if map.axes[1:2] == ("head",) else map.axes[1:]
    if map.axes[0] != "case" or beside_case not in LAYOUTS:
        known = ", ".join(f"({', '.join(('case', *axes))})" for axes in LAYOUTS)
        raise OptionError(
            f"the map {map.name!r} has the axes ({', '.join(map.axes)}), expected one of {known}, "
            "with or without 'head' after 'case'; name the axes so"
        )
    return LAYOUTS[beside_case]


def _check_number(name: str, number: int, count: int, map: AttentionMap) -> None:
    if not 0 <= number < count:
        todo = f"choose 0 to {count - 1}" if count else f"leave `{name}` out"
        raise OptionError(f"{name} is {number}, but the map {map.name!r} has {count or 'no'} {name}s; {todo}")


def _sides(
    map: AttentionMap,
    heads: Float[np.ndarray, "head row column"],
    queries: Sequence[str] | None,
    keys: Sequence[str] | None,
) -> tuple[_Side, _Side]:
    """Say what is drawn downwards and to the right: without padding, or as much as there are words for."""
    weighs = (heads != 0).any(axis=0)
    down, right = _layout(map)
    n_rows, n_columns = weighs.shape
    last_row, last_column = _until_last(weighs.any(axis=1)), _until_last(weighs.any(axis=0))
    # Those who look at nothing are padding; those who are not looked at need not be.
    if queries is not None:
        n_rows = _count_words("queries", queries, last_row, n_rows)
    elif down in ("query", "step ahead"):
        n_rows = last_row or n_rows
    if keys is not None:
        n_columns = _count_words("keys", keys, last_column, n_columns)
    elif right == "key" and len(weighs) == n_columns:
        n_columns = max(last_column, n_rows)
    elif down == "module":
        n_columns = last_column or n_columns
    stride = map.stride if right == "key" else 1
    return _Side(down, n_rows, stride, queries), _Side(right, n_columns, stride, keys)


def _until_last(weighs: Bool[np.ndarray, " entry"]) -> int:
    return int(np.flatnonzero(weighs).max(initial=-1)) + 1


def _count_words(name: str, words: Sequence[str], last: int, count: int) -> int:
    if not last <= len(words) <= count:
        expected = f"{last} to {count}" if last < count else f"{count}"
        raise OptionError(f"{len(words)} {name} for {count} entries of the map, expected {expected}; give one for each")
    return len(words)


def _is_matrix(rows: _Side, columns: _Side) -> bool:
    """Whether cells are drawn square: not in a strip, nor where the picture would become a ribbon."""
    return rows.count > 1 and 1 / TALLEST <= columns.count / rows.count <= WIDEST


def _new_axes(rows: _Side, columns: _Side) -> Axes:
    beside, below = (0.08 * max(map(len, side.words or [""]), default=0) for side in (rows, columns))
    if not _is_matrix(rows, columns):
        return new_axes(width=6.4, height=1.5 + 0.7 * below + min(0.3 * rows.count, 6.0))
    longest = max(rows.count, columns.count)
    cell = min(max(4.2 / longest, 0.26 if rows.words or columns.words else 0.0), max(0.6, 2.4 / longest), 9.0 / longest)
    width, height = cell * columns.count + 1.7 + beside, cell * rows.count + 0.9 + 0.7 * below
    return new_axes(width=width, height=max(height, 2.4), compressed=True)


def _draw(
    ax: Axes, matrix: Float[np.ndarray, "row column"], rows: _Side, columns: _Side, scale: Normalize
) -> AxesImage:
    (top, bottom), (left, right) = rows.edges, columns.edges
    # As in a strip: of weights too close to be shown apart the strongest is drawn, and not their mean.
    tall, wide = (math.ceil(count / MOST_COLUMNS) for count in matrix.shape)
    drawn = np.maximum.reduceat(matrix, np.arange(0, rows.count, tall), axis=0)
    drawn = np.maximum.reduceat(drawn, np.arange(0, columns.count, wide), axis=1)
    right_of_all, below_all = left + drawn.shape[1] * wide * columns.stride, top + len(drawn) * tall * rows.stride
    square = _is_matrix(rows, columns)
    if not square and rows.count > 1:
        # Else the smoothing of many thin columns would blur the borders of a few high rows, too.
        drawn = drawn.repeat(max(drawn.shape) // min(drawn.shape), axis=int(np.argmin(drawn.shape)))
    image = ax.imshow(
        drawn,
        cmap=relevance_colours(),
        norm=scale,
        aspect="equal" if square else "auto",
        extent=(left, right_of_all, below_all, top),
    )
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.spines[:].set(color=FRAME, linewidth=0.5)
    rows.write_on(ax.yaxis)
    columns.write_on(ax.xaxis)
    return image
