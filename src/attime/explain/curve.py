"""A curve as a value: the prediction along the order of an explanation, beside the one along random orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float

from attime.errors import OptionError


@dataclass(frozen=True, eq=False)
class Curve:
    """The prediction of the explained class along the order of an explanation, and along random orders.

    Attributes
    ----------
    kind
        ``"deletion"``: the most relevant steps are taken away first; ``"insertion"``: they are put back first.
    method
        Which method explained.
    replacement
        What a step that is taken away is replaced by.
    shares
        Which share of the present steps has been taken away (put back) at each point; the first is 0.
    logits, probabilities
        Of the explained class at each share.
    random_logits, random_probabilities
        The same along random orders, the mean over `n_random` of them for each case.
    whole_logits, whole_probabilities
        Of the explained class for the series as they are.
    n_random
        How many random orders were drawn for each case.
    """

    kind: Literal["deletion", "insertion"]
    method: str
    replacement: str
    shares: Float[np.ndarray, " share"]
    logits: Float[np.ndarray, "case share"]
    probabilities: Float[np.ndarray, "case share"]
    random_logits: Float[np.ndarray, "case share"]
    random_probabilities: Float[np.ndarray, "case share"]
    whole_logits: Float[np.ndarray, " case"]
    whole_probabilities: Float[np.ndarray, " case"]
    n_random: int

    @property
    def random(self) -> Curve:
        """The curve of the random orders, to be measured like any other."""
        return replace(self, method="random", logits=self.random_logits, probabilities=self.random_probabilities)

    def at(self, shares: Sequence[float]) -> Curve:
        """Return the points at 0 and at some of the shares as a curve of their own.

        Raises
        ------
        OptionError
            If the curve has no point at one of the shares.
        """
        wanted = np.concatenate([[0.0], np.asarray(shares, dtype=np.float64)])
        near = np.isclose(wanted[:, np.newaxis], self.shares)
        if not near.any(axis=1).all():
            raise OptionError(f"shares {tuple(shares)} were asked for, the curve has {self.shares.tolist()}")
        chosen = near.argmax(axis=1)
        names = ("logits", "probabilities", "random_logits", "random_probabilities")
        parts = {name: getattr(self, name)[:, chosen] for name in names}
        return replace(self, shares=self.shares[chosen], **parts)

    def area(self, *, probabilities: bool = False) -> Float[np.ndarray, " case"]:
        """Area under the curve of each case, divided by its width: the mean height of logit or probability."""
        heights = self.probabilities if probabilities else self.logits
        return np.trapezoid(heights, self.shares, axis=1) / (self.shares[-1] - self.shares[0])

    def gain(self, *, probabilities: bool = False) -> Float[np.ndarray, " case"]:
        """By how much the area is better than that of random orders; positive for an explanation that is worth it.

        Better is a lower curve where steps are taken away, and a higher one where they are put back.
        """
        above = self.area(probabilities=probabilities) - self.random.area(probabilities=probabilities)
        return above if self.kind == "insertion" else -above
