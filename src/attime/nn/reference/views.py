"""Views: what counts as different between two windows.

A fault may show in the level, in the shape, or in how quickly things change. In each view windows are compared by the
distance of what the view makes of them. Missing values are zeros that a mask tells of.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

SMALLEST = 0.1  # deviation, in units of the channel's own, up to which a window counts as flat: noise has no shape

Values = Float[Tensor, "*batch time"]
Mask = Bool[Tensor, "*batch time"]
#: What makes of values and their mask what is compared, and its mask.
View = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def level(values: Values, present: Mask) -> tuple[Tensor, Tensor]:
    """Compare values as they are.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 3.0]])
    >>> level(x, x > 0)[0].tolist()
    [[1.0, 3.0]]
    """
    return values, present


def centred(values: Values, present: Mask) -> tuple[Tensor, Tensor]:
    """Compare what is left when each window's own mean is taken off.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 3.0]])
    >>> centred(x, x > 0)[0].tolist()
    [[-1.0, 1.0]]
    """
    n_present = present.sum(-1, keepdim=True).clamp(min=1)
    mean = values.sum(-1, keepdim=True) / n_present
    return (values - mean).masked_fill(~present, 0), present


def shape(values: Values, present: Mask) -> tuple[Tensor, Tensor]:
    """Compare windows of mean 0 and deviation 1; those with a deviation below `SMALLEST` stay small.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 3.0], [1.0, 1.02]])
    >>> shape(x, x > 0)[0].round(decimals=2).tolist()
    [[-1.0, 1.0], [-0.1, 0.1]]
    """
    without_mean, _ = centred(values, present)
    n_present = present.sum(-1, keepdim=True).clamp(min=1)
    deviation = (without_mean.square().sum(-1, keepdim=True) / n_present).sqrt()
    return without_mean / deviation.clamp(min=SMALLEST), present


def change(values: Values, present: Mask) -> tuple[Tensor, Tensor]:
    """Compare the differences from each step to the next.

    The first step has none and counts as missing nowhere, so that every view has as many steps as the window.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 3.0, 2.0]])
    >>> change(x, x > 0)[0].tolist()
    [[0.0, 2.0, -1.0]]
    """
    both = torch.cat([present[..., :1], present[..., 1:] & present[..., :-1]], -1)
    differences = torch.diff(values, dim=-1, prepend=values[..., :1])
    return differences.masked_fill(~both, 0), both


#: Every view, by name.
VIEWS: dict[str, View] = {"level": level, "centred": centred, "shape": shape, "change": change}
#: Those that take the mean off: of windows with gaps, that over the steps which both have.
CENTRED = ("centred", "shape")
