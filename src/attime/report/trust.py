"""Whether the explanations can be trusted: the measures of faithfulness as rows of a table, each beside a random order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Row:
    """One measure of one method; `low` and `high` bound its 95 % interval."""

    name: str
    label: str
    value: float
    low: float
    high: float
    random: float
    better_share: float
    higher_is_better: bool

    @property
    def sign(self) -> str:
        """"better", "worse" or "same": whether the interval keeps off the value of a random order."""
        if self.low <= self.random <= self.high:
            return "same"
        return "better" if (self.value > self.random) == self.higher_is_better else "worse"


@dataclass(frozen=True, eq=False)
class Trust:
    """How faithful one method of explanation is.

    Attributes
    ----------
    method
        Its name.
    n_cases
        How many cases it was measured on.
    verdict
        What the measures come to, in words.
    rows
        The measures.
    shares
        Share of the steps that were taken away, shape (point,).
    probability, random
        Mean probability of the explained class when the most relevant steps are taken away first, and when random ones
        are, shape (point,).
    """

    method: str
    n_cases: int
    verdict: str
    rows: tuple[Row, ...]
    shares: Float[np.ndarray, " point"]
    probability: Float[np.ndarray, " point"]
    random: Float[np.ndarray, " point"]
