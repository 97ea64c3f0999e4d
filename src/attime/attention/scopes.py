"""Scopes: which keys may a query look at, and how likely is each before anything is compared?

A scope answers with log-priors that are added to the energies: 0 where nothing is known, −∞ where a query must not
look, something between where the scope fades. So every scope works with every score and every weighing, and a mask
for padding or missing values is one more −∞ (see ``Attention``).
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn


class Scope(nn.Module):
    """What all scopes share: they may read queries and keys, and answer for all pairs at once."""

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*#batch query key"] | None:
        """Return the log-prior of every (query, key) pair, or None where all pairs are alike."""
        raise NotImplementedError


class Global(Scope):
    """Every query may look at every key (Luong et al. 2015, section 3.1)."""

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*#batch query key"] | None:
        return None
