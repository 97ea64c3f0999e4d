"""Short cuts that depend on the data: taken where data are at hand, and not in a graph that is to serve any data."""

from __future__ import annotations

import torch
from jaxtyping import Bool
from torch import Tensor


def surely_all(mask: Bool[Tensor, ...]) -> bool:
    """Whether all are true, as far as can be told: while a graph is exported, nothing can.

    Examples
    --------
    >>> surely_all(torch.tensor([True, True]))
    True
    """
    return not torch.compiler.is_exporting() and bool(mask.all())
