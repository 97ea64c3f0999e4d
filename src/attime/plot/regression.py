"""How good a regressor is: predicted numbers over true ones."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Shaped
from matplotlib.axes import Axes

from attime.errors import DataError
from attime.plot.canvas import new_axes
from attime.plot.style import BLUE, CHANCE, tidy


def plot_numbers(
    numbers: Shaped[np.ndarray, " case"],
    predictions: Float[np.ndarray, " case"],
    *,
    mean: float | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw predicted numbers over true ones: right ones lie on the diagonal.

    Parameters
    ----------
    numbers
        True number of each case.
    predictions
        Predicted number of each case.
    mean
        What would be predicted without any series, as a level line; ``reg.target_mean_``.
    title
        Stands above the picture.
    ax
        Where to draw; a new figure by default, to be had as ``ax.figure``.

    Raises
    ------
    DataError
        If there is not one finite prediction for each of at least one case.

    Examples
    --------
    >>> ax = plot_numbers(np.array([1.0, 2.0]), np.array([1.1, 1.8]), mean=1.5)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('true', 'predicted')
    """
    if not len(numbers) or numbers.shape != predictions.shape or not np.isfinite(predictions).all():
        raise DataError(
            f"{len(numbers)} numbers and {len(predictions)} predictions arrived; expected a finite one of each for at "
            "least one case"
        )
    ax = new_axes(width=4.4, height=4.0) if ax is None else ax
    ax.scatter(numbers, predictions, s=14, color=BLUE, alpha=0.7, linewidths=0)
    both = np.concatenate([numbers.astype(np.float64), predictions])
    low, high = float(both.min()), float(both.max())
    ax.plot([low, high], [low, high], color=CHANCE, linewidth=1.0, label="predicted = true")
    if mean is not None:
        ax.axhline(mean, color=CHANCE, linewidth=1.0, linestyle="--", label="mean of the training cases")
    ax.set(xlabel="true", ylabel="predicted")
    ax.legend(loc="upper left", frameon=False, fontsize="small")
    tidy(ax)
    if title is not None:
        ax.set_title(title)
    return ax
