"""Maps of attention of many cases: which of them go by step ahead and time, and parts of them, cut out when read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Bool

from attime.attention import AttentionMap
from attime.attention.attended import Weights
from attime.estimators.forecasting.gradient import Gradient


def by_step(maps: Sequence[AttentionMap]) -> dict[str, AttentionMap]:
    """Return those of step ahead and time, with heads or without, by name.

    Examples
    --------
    >>> look = AttentionMap("look back", torch.ones(1, 2, 1, 3), ("case", "head", "step ahead", "time"))
    >>> list(by_step([look, AttentionMap("pooling", torch.ones(1, 3), ("case", "time"))]))
    ['look back']
    """
    wanted = ["case", "step ahead", "time"]
    return {each.name: each for each in maps if [axis for axis in each.axes if axis != "head"] == wanted}


def some_cases(maps: Sequence[AttentionMap], which: Bool[np.ndarray, " case"]) -> tuple[AttentionMap, ...]:
    """Return the maps of some of the cases."""
    return tuple(replace(each, source=_some(each, torch.from_numpy(which))) for each in maps)


def first_steps(maps: Sequence[AttentionMap], n_steps: int) -> tuple[AttentionMap, ...]:
    """Return the maps with the first steps ahead alone."""
    return tuple(
        replace(each, source=partial(_first_steps, each, n_steps)) if "step ahead" in each.axes else each
        for each in maps
    )


def _some(attention: AttentionMap, which: torch.Tensor) -> Weights:
    """Return what computes the weights of some cases; gradients are computed for these alone."""
    source = attention.source
    return source.some(which) if isinstance(source, Gradient) else partial(_rows, attention, which)


def _rows(attention: AttentionMap, which: torch.Tensor) -> torch.Tensor:
    return attention.weights[which.to(attention.weights.device)]


def _first_steps(attention: AttentionMap, n_steps: int) -> torch.Tensor:
    return attention.weights.narrow(attention.axes.index("step ahead"), 0, n_steps)
