"""A time budget: how much of it is left."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from numbers import Real

from attime.errors import OptionError
from attime.training.processes import from_first


@dataclass(frozen=True)
class Clock:
    """Seconds that a fit may take, counted from when the clock was made; without a budget there is always time.

    Raises
    ------
    OptionError
        If the budget is no number above zero.

    Examples
    --------
    >>> Clock(None).left
    inf
    >>> Clock(60.0).left > 59
    True
    """

    budget: float | None
    start: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        number = isinstance(self.budget, Real) and not isinstance(self.budget, bool)
        if self.budget is not None and not (number and 0 < self.budget < math.inf):
            raise OptionError(
                f"time_budget={self.budget!r} arrived, expected seconds, a number above 0, or None for no limit"
            )

    def for_a(self, share: float) -> Clock:
        """Return a clock for a share of what is left, from now on."""
        return Clock(None if self.budget is None else max(self.left * share, 1e-3))

    @property
    def left(self) -> float:
        """Seconds that are left, by the clock of the first process; below zero if it took longer than it should."""
        return math.inf if self.budget is None else from_first(self.budget - (time.perf_counter() - self.start))
