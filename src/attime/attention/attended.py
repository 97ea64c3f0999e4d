"""What attention gives back: the attended values with the weights that made them, and weights with named axes."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from attime.errors import OptionError


@dataclass(frozen=True, eq=False)
class Attended:
    """The result of every attention.

    Attributes
    ----------
    values
        The context: for each query the weighted sum of the values, shape (…, query, feature).
    weights
        How much each query took from each key, shape (…, query, key).
    """

    values: Float[Tensor, "*batch query d_value"]
    weights: Float[Tensor, "*weights_batch query key"]


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Attention weights with a name for the map and for each of its axes, so that one plot serves them all.

    Attributes
    ----------
    name
        Which attention of the network this is, such as ``"pooling"``.
    weights
        The weights, one axis for each entry of `axes`.
    axes
        Names from the fixed words: case, head, query, key, time, step ahead, module.

    Raises
    ------
    OptionError
        If there is not one name for each axis.

    Examples
    --------
    >>> import torch
    >>> AttentionMap("pooling", torch.full((2, 4), 0.25), ("case", "time")).axes
    ('case', 'time')
    """

    name: str
    weights: Tensor
    axes: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.axes) != self.weights.ndim:
            raise OptionError(
                f"attention map {self.name!r} has {self.weights.ndim} axes but {len(self.axes)} names {self.axes}; "
                "give one name for each axis"
            )
