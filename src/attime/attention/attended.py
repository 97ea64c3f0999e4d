"""What attention gives back: the attended values, the weights that made them, and what training should add for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Float
from torch import Tensor

from attime.attention.terms import Term
from attime.errors import OptionError

#: Weights, or how to compute them if somebody asks.
Weights = Tensor | Callable[[], Tensor]


@dataclass(frozen=True, eq=False)
class Attended:
    """The result of every attention.

    Attributes
    ----------
    values
        The context: for each query the weighted sum of the values, shape (…, query, feature).
    source
        The weights, or a function that computes them; read them through `weights`.
    terms
        What training should add to the loss on account of this attention; mostly nothing.

    Examples
    --------
    >>> import torch
    >>> Attended(torch.zeros(1, 2), lambda: torch.ones(1, 3)).weights.tolist()
    [[1.0, 1.0, 1.0]]
    """

    values: Float[Tensor, "*batch query d_value"]
    source: Weights
    terms: tuple[Term, ...] = ()

    @cached_property
    def weights(self) -> Float[Tensor, "*batch query key"]:
        """How much each query took from each key; where a fused kernel made the values, computed when first read."""
        return self.source() if callable(self.source) else self.source


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Attention weights with a name for the map and for each of its axes, so that one plot serves them all.

    Attributes
    ----------
    name
        Which attention of the network this is, such as ``"pooling"``.
    source
        The weights, one axis for each entry of `axes`, or a function that computes them; read them through `weights`.
    axes
        Names from the fixed words: case, head, query, key, channel, time, step ahead, module.
    stride
        Steps of the series for each entry of the query and key axes: more than one if they count tokens.

    Raises
    ------
    OptionError
        If there is not one name for each axis: at once, or when weights are read that had yet to be computed.

    Examples
    --------
    >>> import torch
    >>> AttentionMap("pooling", torch.full((2, 4), 0.25), ("case", "time")).axes
    ('case', 'time')
    """

    name: str
    source: Weights
    axes: tuple[str, ...]
    stride: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.source, Tensor):
            self._check(self.source)

    @cached_property
    def weights(self) -> Tensor:
        """The weights, one axis for each entry of `axes`; computed when first read."""
        return self._check(self.source() if callable(self.source) else self.source)

    def _check(self, weights: Tensor) -> Tensor:
        if len(self.axes) != weights.ndim:
            raise OptionError(
                f"attention map {self.name!r} has {weights.ndim} axes but {len(self.axes)} names {self.axes}; "
                "give one name for each axis"
            )
        return weights
