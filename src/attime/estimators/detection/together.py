"""What the other channels tell of one: how far they are from what was expected, at the same step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Bool, Float64

RIDGE = 0.02  # of each variance, added to it: no channel tells all of another


@dataclass(frozen=True, eq=False)
class Together:
    """Differences r from what was expected, as if drawn from N(0, Σ): E[r_c | r_v] = Σ_cv Σ_vv⁻¹ r_v for visible v.

    Attributes
    ----------
    covariance
        Σ, of shape (channel, channel).
    """

    covariance: Float64[np.ndarray, "channel channel"]

    @classmethod
    def fit(cls, differences: Float64[np.ndarray, "channel sample"]) -> Self:
        """Learn from differences of what is normal; samples with a missing one are left out."""
        known = differences[:, np.isfinite(differences).all(0)]
        covariance = known @ known.T / max(known.shape[1], 1)
        variance = np.maximum(np.diag(covariance), 1e-12)
        return cls(covariance + np.diag(RIDGE * variance))

    def others_tell(
        self, differences: Float64[np.ndarray, "channel time"], visible: Bool[np.ndarray, "channel time"]
    ) -> tuple[Float64[np.ndarray, "channel time"], Float64[np.ndarray, "channel time"]]:
        """Return what is to be expected of each difference by those of other channels, and the share that stays open.

        The share is that of the variance, Var[r_c | r_v] / Var[r_c].

        Examples
        --------
        >>> both = Together(np.array([[1.0, 0.8], [0.8, 1.0]]))
        >>> expected, share = both.others_tell(np.array([[2.0], [5.0]]), np.array([[True], [False]]))
        >>> expected.round(2).tolist(), share.round(2).tolist()
        ([[0.0], [1.6]], [[1.0], [0.36]])
        """
        expected, share = np.zeros(differences.shape), np.ones(differences.shape)
        patterns, which = np.unique(visible.T, axis=0, return_inverse=True)
        variance = np.diag(self.covariance)
        for number, pattern in enumerate(patterns):
            seen, unseen = np.flatnonzero(pattern), np.flatnonzero(~pattern)
            if not len(seen):
                continue
            steps = np.flatnonzero(which.reshape(-1) == number)
            precision = np.linalg.inv(self.covariance[np.ix_(seen, seen)])
            explained = precision @ differences[np.ix_(seen, steps)]
            # What one visible channel is to be by the others can be read off the inverse (Lauritzen 1996, section 5.1).
            own = np.diag(precision)
            expected[np.ix_(seen, steps)] = differences[np.ix_(seen, steps)] - explained / own[:, np.newaxis]
            share[np.ix_(seen, steps)] = (1 / (own * variance[seen]))[:, np.newaxis]
            beside = self.covariance[np.ix_(unseen, seen)]
            expected[np.ix_(unseen, steps)] = beside @ explained
            told = np.einsum("us,st,ut->u", beside, precision, beside)
            share[np.ix_(unseen, steps)] = (1 - told / variance[unseen])[:, np.newaxis]
        return expected, share
