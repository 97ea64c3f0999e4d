"""A few windows that stand for many: each is the one farthest from those taken before."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

DIRECTIONS = 64  # random ones, on which distances are nearly what they are (Johnson & Lindenstrauss 1984)


@torch.no_grad()
def farthest_first(points: Float[Tensor, "point feature"], n_points: int) -> Int[Tensor, " chosen"]:
    """Choose points so that none is far from a chosen one (Gonzalez 1985): at most twice as far as can be reached.

    Parameters
    ----------
    points
        What is chosen from.
    n_points
        How many at most; fewer where all others are the same as one of them.

    Returns
    -------
    Tensor
        Their numbers, in order.

    Examples
    --------
    >>> farthest_first(torch.tensor([[0.0], [0.1], [5.0], [9.0]]), 3).tolist()
    [0, 2, 3]
    """
    if points.shape[1] > DIRECTIONS:
        generator = torch.Generator().manual_seed(0)
        directions = torch.randn(points.shape[1], DIRECTIONS, generator=generator, dtype=points.dtype)
        points = points @ directions / DIRECTIONS**0.5
    chosen = [0]
    distance = (points - points[0]).square().sum(1)
    while len(chosen) < n_points and distance.max() > 0:
        chosen.append(int(distance.argmax()))
        distance = torch.minimum(distance, (points - points[chosen[-1]]).square().sum(1))
    return torch.tensor(sorted(chosen))
