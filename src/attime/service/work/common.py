"""What all answers are made with: series put together, and parts of what was found handed back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped

from attime.service.series import arrays_of


def plain(array: Shaped[np.ndarray, ...]) -> Any:
    """Return nested lists with None in place of what is no number.

    Examples
    --------
    >>> plain(np.array([1.0, np.nan]))
    [1.0, None]
    """
    found = array.astype(object)
    found[~np.isfinite(array)] = None
    return found.tolist()


def together(questions: Sequence[Any]) -> Float64[np.ndarray, "case channel time"]:
    """Return the series of all questions; those that end earlier than others of their question end in NaN."""
    arrays = [one for question in questions for one in arrays_of(question.series)]
    longest = max(one.shape[1] for one in arrays)
    return np.stack([np.pad(one, ((0, 0), (0, longest - one.shape[1])), constant_values=np.nan) for one in arrays])


def counts(questions: Sequence[Any]) -> list[int]:
    """Return how many series each question has."""
    return [len(question.series) for question in questions]


def split(parts: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    """Return parts of these sizes, one after the other."""
    left = iter(parts)
    return [list(islice(left, size)) for size in sizes]
