"""`Record`: one series on its grid of times, with what is known besides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float64, Shaped


@dataclass(frozen=True, eq=False)
class Record:
    """One series on its grid of times.

    Attributes
    ----------
    name
        What tells it from others.
    stamps
        When each step was, and when each step ahead will be for which a covariate is known.
    target
        What is to be forecast; NaN means missing.
    past
        Covariates known up to now.
    future
        Covariates known ahead; they may reach further than the target.
    """

    name: str
    stamps: Shaped[np.ndarray, " time_and_ahead"]
    target: Float64[np.ndarray, " time"]
    past: Float64[np.ndarray, "past_covariate time"]
    future: Float64[np.ndarray, "future_covariate time_and_ahead"]

    def __len__(self) -> int:
        return len(self.target)

    def until(self, n_steps: int) -> Record:
        """Return the first steps; covariates that are known ahead keep all that is known of them."""
        return replace(self, target=self.target[:n_steps], past=self.past[:, :n_steps])
