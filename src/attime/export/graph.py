"""`Graph`: what becomes an ONNX file: a module with named inputs and outputs, and what has to be known to use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from attime.attention import AttentionMap

#: What the module of a graph gives: outputs by name.
Outputs = dict[str, Tensor]


@dataclass(frozen=True)
class Axis:
    """One axis of an input: of a fixed size, or free (`size` None)."""

    name: str
    size: int | None = None


CASE, TIME = Axis("case"), Axis("time")


@dataclass(frozen=True)
class Input:
    """An input of a graph.

    Attributes
    ----------
    name, axes, dtype
        What numpy has to know of it.
    kind
        What it holds, a name in `DRAWN`, for those who draw one to try.
    codes
        Of static covariates, how many words each column knows, 0 for numbers; of owners, how many there are.
    level, spread
        Around what, and how far, the values of each row lie.
    """

    name: str
    axes: tuple[Axis, ...]
    dtype: str = "float32"
    kind: str = "series"
    codes: tuple[int, ...] = ()
    level: tuple[float, ...] = (0.0,)
    spread: tuple[float, ...] = (1.0,)

    def drawn(self, n_cases: int, n_steps: int, rng: np.random.Generator) -> np.ndarray:
        """Return something to try the graph with."""
        sizes = {"case": n_cases, "time": n_steps}
        shape = tuple(sizes[axis.name] if axis.size is None else axis.size for axis in self.axes)
        return DRAWN[self.kind](self, shape, rng).astype(self.dtype)


def _series(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Draw slow waves with noise: the first case whole, the second with gaps, the third ending early, and so on."""
    values = np.sin(np.arange(shape[-1]) / 5 + rng.uniform(0, 6, (*shape[:-1], 1))) + rng.normal(size=shape) / 2
    for number, case in enumerate(values):
        if number % 3 == 1:
            case[rng.random(case.shape) < 0.2] = np.nan
        elif number % 3 == 2:
            case[:, int(rng.integers(shape[-1] // 2, shape[-1])) :] = np.nan
        case[0, 0] = 0.5  # something is observed
    return values * np.array(given.spread)[:, None] + np.array(given.level)[:, None]


def _past(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    """Draw the same with the end in front: pasts may begin late."""
    return _series(given, shape, rng)[..., ::-1]


def _ahead(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=shape) * np.array(given.spread)[:, None] + np.array(given.level)[:, None]


def _static(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    columns = [rng.integers(-1, n, shape[0]) if n else rng.normal(size=shape[0]) for n in given.codes]
    found = np.stack(columns, 1).astype(np.float32)
    missing = (rng.random(shape) < 0.2) & (np.array(given.codes) == 0)
    return np.where(missing, np.nan, found * np.where(np.array(given.codes) > 0, 1, given.spread) + given.level)


def _times(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    return given.spread[0] * rng.uniform(0.2, 2, size=shape).cumsum(-1)


def _owner(given: Input, shape: Sequence[int], rng: np.random.Generator) -> np.ndarray:
    return rng.integers(-1, given.codes[0], shape)


DRAWN: dict[str, Callable[[Input, Sequence[int], np.random.Generator], np.ndarray]] = {
    "series": _series,
    "past": _past,
    "ahead": _ahead,
    "static": _static,
    "times": _times,
    "owner": _owner,
}


@dataclass(frozen=True, eq=False)
class Said:
    """What an estimator itself says of some inputs of its graph, by the names of outputs."""

    inputs: Mapping[str, np.ndarray]
    outputs: Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Graph:
    """What becomes an ONNX file.

    Attributes
    ----------
    module
        Called with the inputs in their order, gives outputs by name.
    inputs
        What it is called with.
    told
        What has to be known to use it, which goes into the file.
    said
        Called with nothing, asks the estimator.
    lengths
        Numbers of steps to try it with; with the first it is traced.
    words
        Whether steps choose words of dictionaries: rounding then decides where a step is on the border of two.
    """

    module: nn.Module
    inputs: tuple[Input, ...]
    told: Mapping[str, Any]
    said: Callable[[], Said]
    lengths: tuple[int, ...]
    words: bool = False

    def drawn(self, n_cases: int, n_steps: int) -> dict[str, np.ndarray]:
        """Return inputs to try it with, the same each time."""
        rng = np.random.default_rng([n_cases, n_steps])
        return {each.name: each.drawn(n_cases, n_steps, rng) for each in self.inputs}


def by_name(maps: Sequence[AttentionMap]) -> Outputs:
    """Return maps as outputs: the first as ``attention``, others by their names."""
    return {each.name if number else "attention": each.weights for number, each in enumerate(maps)}
