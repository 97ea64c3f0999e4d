"""Where a network looked within a window: its map of self-attention, as a matrix with a colour scale of its own."""

from __future__ import annotations

from matplotlib.axes import Axes

from attime.explain.detection import Look
from attime.plot.map import plot_map


def plot_attention(look: Look, *, head: int | None = None, limit: float | None = None, ax: Axes | None = None) -> Axes:
    r"""Draw the attention within one window, on a colour scale of its own.

    Parameters
    ----------
    look
        From `attime.explain.detection.look`.
    head
        Which head, counted from 0; the mean over all if not given.
    limit
        Weight that gets the darkest colour; the largest that is drawn, by default.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Raises
    ------
    OptionError
        If there is no such head, or `limit` is not above 0.

    Examples
    --------
    >>> import numpy as np, torch
    >>> from attime.attention import AttentionMap
    >>> weights = AttentionMap("self-attention", torch.eye(8)[None], ("case", "query", "key"))
    >>> plot_attention(Look(np.zeros((1, 8)), np.arange(8), weights)).get_title()
    'self-attention\n0 to 7'
    """
    times = look.times.astype("datetime64[m]") if look.times.dtype.kind == "M" else look.times
    begin, end = (str(time).replace("T", " ") for time in (times[0], times[-1]))
    return plot_map(look.map, head=head, limit=limit, title=f"{look.map.name}\n{begin} to {end}", ax=ax)
