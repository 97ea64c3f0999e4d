"""Latent space: a point for the code of each window, coloured by its score."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from sklearn.decomposition import PCA

from attime.explain.detection import Codes
from attime.plot.canvas import new_axes
from attime.plot.heat import add_colour_bar
from attime.plot.style import FRAME, relevance_colours


def plot_latent(codes: Codes, *, ax: Axes | None = None) -> Axes:
    """Draw the codes of windows in the plane in which they vary most, darker where the score is higher.

    Windows whose score reaches the threshold are drawn as triangles. Of codes with more than two features these are the
    two principal components.

    Parameters
    ----------
    codes
        From `attime.explain.detection.codes`.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``. The colour bar takes its room from `ax`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> found = Codes(rng.normal(size=(40, 5)), rng.uniform(size=40), np.arange(40), threshold=0.9)
    >>> plot_latent(found).get_xlabel().startswith("component 1 (")
    True
    """
    ax = new_axes(width=5.2, height=4.2) if ax is None else ax
    n_features = codes.values.shape[1]
    names = ["code 1", "code 2"]
    if n_features > 2:
        fitted = PCA(2, random_state=0).fit(codes.values)
        points = fitted.transform(codes.values)
        names = [
            f"component {number + 1} ({100 * share:.0f} % of the variance)"
            for number, share in enumerate(fitted.explained_variance_ratio_)
        ]
    else:
        points = np.pad(codes.values, ((0, 0), (0, 2 - n_features)))
    known = codes.scores[codes.scores > 0]
    scores = np.log10(np.clip(np.nan_to_num(codes.scores), known.min() if len(known) else 0.1, None))
    scale = Normalize(scores.min(), max(scores.max(), scores.min() + 1e-3))
    alarmed = codes.scores >= codes.threshold
    order = np.argsort(scores)
    for own, marker, size, label in ((~alarmed, "o", 16, "usual"), (alarmed, "^", 30, "threshold reached")):
        chosen = order[own[order]]
        if len(chosen):
            dots = ax.scatter(
                points[chosen, 0], points[chosen, 1], c=scores[chosen], cmap=relevance_colours(), norm=scale,
                marker=marker, s=size, edgecolor=FRAME, linewidth=0.4, label=label, zorder=3 if marker == "^" else 2,
            )  # fmt: skip
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize="small", borderaxespad=0.2)
    add_colour_bar([ax], dots, "log₁₀ score")
    return ax
