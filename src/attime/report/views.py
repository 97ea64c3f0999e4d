"""The evidence of many cases at once: by class and time, where it happened, in which channel, and odd cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True, eq=False)
class ClassView:
    """The evidence for the predicted class of the cases that were taken for one class.

    Attributes
    ----------
    n_cases
        How many there are.
    mean
        Mean evidence of each bin, shape (bin,).
    offsets, aligned, low, high
        Steps from the strongest evidence of a case, and mean and middle half of the evidence there, shape (offset,).
    typical, strange
        Numbers of the cases whose evidence is most and least like that of the others.
    """

    n_cases: int
    mean: Float[np.ndarray, " bin"]
    offsets: Int[np.ndarray, " offset"]
    aligned: Float[np.ndarray, " offset"]
    low: Float[np.ndarray, " offset"]
    high: Float[np.ndarray, " offset"]
    typical: tuple[int, ...]
    strange: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Views:
    """Views over a sample of the cases.

    Attributes
    ----------
    n_cases
        Size of the sample.
    width
        Number of steps in a bin.
    classes
        A view for each class of the model; None where the sample has no case that was taken for it.
    channels
        Share of the evidence that comes from each channel; None if the network does not divide among channels.
    """

    n_cases: int
    width: int
    classes: tuple[ClassView | None, ...]
    channels: Float[np.ndarray, " channel"] | None
