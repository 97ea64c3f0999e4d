"""Teacher forcing: how often a decoder in training is fed what it should have said, rather than what it said."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from attime.errors import OptionError
from attime.names import pick

#: From the share of the schedule that is over, 0 to 1, to how it falls; the schedule brings it to run from 1 to 0.
SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda p: 1 - p,
    "exponential": lambda p: math.exp(-5 * p),
    "inverse_sigmoid": lambda p: 1 / (1 + math.exp(10 * (p - 0.5))),
}


class TeacherForcing(nn.Module):
    """ε_i = last + (first − last) · (f(i/n) − f(1)) / (f(0) − f(1)): the share of true inputs in update i of training.

    f is the shape and n the number of updates. Scheduled sampling, Bengio et al. 2015
    (https://arxiv.org/abs/1506.03099), section 2.4, whose three shapes are here stretched over a number of updates
    instead of being given by a decay constant. The module itself counts the updates: once for each batch it sees in
    training.

    Parameters
    ----------
    first, last
        The share at the beginning and from the end of the schedule on.
    updates
        Length of the schedule.
    shape
        ``"linear"``, ``"exponential"`` or ``"inverse_sigmoid"``.

    Raises
    ------
    OptionError
        If a share is not between 0 and 1, `updates` is below 1 or the shape is unknown.

    Examples
    --------
    >>> forcing = TeacherForcing(first=1.0, last=0.0, updates=4)
    >>> [forcing.next_share() for _ in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    def __init__(self, *, first: float = 1.0, last: float = 1.0, updates: int = 1000, shape: str = "linear") -> None:
        super().__init__()
        for name, share in (("first", first), ("last", last)):
            if not 0 <= share <= 1:
                raise OptionError(f"teacher forcing's {name} share is {share}, expected a number from 0 to 1")
        if updates < 1:
            raise OptionError(f"teacher forcing is to change over {updates} updates, expected at least 1")
        pick(SHAPES, shape, what="shape of teacher forcing")
        self.first, self.last, self.updates, self.shape = first, last, updates, shape
        self.count: Tensor
        self.register_buffer("count", torch.zeros((), dtype=torch.long))

    def next_share(self) -> float:
        """Return the share for this update, and count it."""
        if self.first == self.last:
            return self.last
        over = min(int(self.count) / self.updates, 1.0)
        self.count += 1
        now, first, last = (SHAPES[self.shape](share) for share in (over, 0.0, 1.0))
        return self.last + (self.first - self.last) * (now - last) / (first - last)
