"""How large a picture of many classes may grow: beyond that, it shows those with the most cases and says so."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int
from matplotlib.figure import Figure

TALLEST = 30.0  # inches: what lies below is seldom looked at, and much more no program can show
TALLEST_PANEL = 2.8  # inches: twelve channels can still be told apart


def classes_that_fit(n_cases: Int[np.ndarray, " class"], *, row: float, around: float, columns: int = 1) -> list[int]:
    """Return the numbers of the classes with cases, or of those with the most, if there is no room for all.

    Parameters
    ----------
    n_cases
        Cases of each class.
    row
        Height of a row of classes, in inches.
    around
        Height of what stands above and below the rows.
    columns
        How many classes stand beside each other.

    Examples
    --------
    >>> classes_that_fit(np.array([5, 0, 9, 7]), row=10.0, around=2.0)
    [2, 3]
    """
    with_cases = np.flatnonzero(n_cases)
    room = columns * max(1, int((TALLEST - around) / row))
    largest = with_cases[np.argsort(-n_cases[with_cases], kind="stable")[:room]]
    return np.sort(largest).tolist()


def say_what_is_missing(figure: Figure, n_shown: int, n_all: int) -> None:
    """Write over a picture that it does not show all classes."""
    if n_shown < n_all:
        figure.suptitle(f"{n_shown} of {n_all} classes: those with the most cases", fontsize="medium")
