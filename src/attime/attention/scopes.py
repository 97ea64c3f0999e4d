"""Scopes: which keys may a query look at, and how likely is each before anything is compared?

A scope answers with log-priors that are added to the energies: 0 where nothing is known, −∞ where a query must not
look, something between where the scope fades. So every scope works with every score and every weighing, and a mask
for padding or missing values is one more −∞ (see ``Attention``).
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from attime.attention.weighing import NEVER
from attime.errors import OptionError


class Scope(nn.Module):
    """What all scopes share: they may read queries and keys, and answer for all pairs at once."""

    @classmethod
    def sized(cls, *, d_query: int, window: int) -> Scope:
        """Return a scope for queries of `d_query` features, `window` keys to either side if it has a window."""
        return cls()

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        at: Int[Tensor, " query"],
        present: Bool[Tensor, "*#batch key"] | None,
    ) -> Float[Tensor, "*#batch query key"] | None:
        """Return the log-prior of every (query, key) pair, or None where all pairs are alike.

        Parameters
        ----------
        query, key
            As given to the attention.
        at
            The position of each query; those of the keys are 0, 1, 2, …
        present
            Which keys exist; all of them if None.
        """
        raise NotImplementedError


class Global(Scope):
    """Every query may look at every key (Luong et al. 2015, section 3.1)."""

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        at: Int[Tensor, " query"],
        present: Bool[Tensor, "*#batch key"] | None,
    ) -> Float[Tensor, "*#batch query key"] | None:
        return None


class Causal(Scope):
    """Query i may look at the keys j ≤ i, itself and the past (Vaswani et al. 2017, section 3.2.3).

    Examples
    --------
    >>> x = torch.zeros(3, 1)
    >>> Causal()(x, x, at=torch.arange(3), present=None).tolist()
    [[0.0, -inf, -inf], [0.0, 0.0, -inf], [0.0, 0.0, 0.0]]
    """

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        at: Int[Tensor, " query"],
        present: Bool[Tensor, "*#batch key"] | None,
    ) -> Float[Tensor, "*#batch query key"] | None:
        return _never_where(_positions(key) > at.unsqueeze(-1), key)


class LocalM(Scope):
    """Query i may look at the keys i − D … i + D ("local-m", monotonic; Luong et al. 2015, section 3.2, p_t = t).

    Parameters
    ----------
    window
        The D of the equation, in keys.

    Raises
    ------
    OptionError
        If the window is below 1; or when called, if it reaches over all keys there are.

    Examples
    --------
    >>> x = torch.zeros(4, 1)
    >>> LocalM(window=1)(x, x, at=torch.arange(4), present=None)[0].tolist()
    [0.0, 0.0, -inf, -inf]
    """

    def __init__(self, *, window: int = 10) -> None:
        super().__init__()
        self.window = _checked_window(window)

    @classmethod
    def sized(cls, *, d_query: int, window: int) -> LocalM:
        """Return a scope with this window."""
        return cls(window=window)

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        at: Int[Tensor, " query"],
        present: Bool[Tensor, "*#batch key"] | None,
    ) -> Float[Tensor, "*#batch query key"] | None:
        _check_that_it_fits(self.window, key)
        return _never_where((_positions(key) - at.unsqueeze(-1)).abs() > self.window, key)


class LocalP(Scope):
    """Query i looks around a centre p that it predicts, D keys far ("local-p"; Luong et al. 2015, equations 9, 10).

        p = S · σ(vᵀ tanh(W q))        prior_j = −(j − p)² / 2(D/2)²    for j within D of p

    S is the position of the last key that is present, counted from 0. The paper multiplies softmax weights by the
    Gaussian; here its logarithm is added to the energies, so that weights still sum to one and any weighing can follow.

    Parameters
    ----------
    d_query
        Features of a query.
    window
        The D of the equation, in keys.
    d_hidden
        Units of the tanh layer; as many as a query has features if not given.

    Raises
    ------
    OptionError
        If the window is below 1; or when called, if it reaches over all keys there are.

    Examples
    --------
    >>> scope, x = LocalP(2, window=1), torch.zeros(5, 2)
    >>> scope(x, x, at=torch.arange(5), present=None)[0].tolist()  # p = 2
    [-inf, -2.0, 0.0, -2.0, -inf]
    """

    def __init__(self, d_query: int, *, window: int = 10, d_hidden: int | None = None) -> None:
        super().__init__()
        self.window = _checked_window(window)
        self.W = nn.Linear(d_query, d_hidden or d_query, bias=False)
        self.v = nn.Linear(d_hidden or d_query, 1, bias=False)

    @classmethod
    def sized(cls, *, d_query: int, window: int) -> LocalP:
        """Return a scope for queries of this size, with this window."""
        return cls(d_query, window=window)

    def forward(
        self,
        query: Float[Tensor, "*batch query d_query"],
        key: Float[Tensor, "*batch key d_key"],
        *,
        at: Int[Tensor, " query"],
        present: Bool[Tensor, "*#batch key"] | None,
    ) -> Float[Tensor, "*#batch query key"] | None:
        _check_that_it_fits(self.window, key)
        position = _positions(key)
        last = position[-1] if present is None else (position * present).amax(-1, keepdim=True).unsqueeze(-1)
        centre = last * torch.sigmoid(self.v(torch.tanh(self.W(query))))
        distance = position - centre
        prior = -distance.square() / (2 * (self.window / 2) ** 2)
        return prior.masked_fill(distance.abs() > self.window, NEVER)


def _positions(key: Float[Tensor, "*batch key d_key"]) -> Int[Tensor, " key"]:
    return torch.arange(key.shape[-2], device=key.device)


def _never_where(
    hidden: Bool[Tensor, "query key"], key: Float[Tensor, "*batch key d_key"]
) -> Float[Tensor, "query key"]:
    return key.new_zeros(hidden.shape).masked_fill(hidden, NEVER)


def _checked_window(window: int) -> int:
    if window < 1:
        raise OptionError(f"window is {window}, expected at least 1: the keys a query may look at to either side")
    return window


def _check_that_it_fits(window: int, key: Float[Tensor, "*batch key d_key"]) -> None:
    if window >= key.shape[-2]:
        raise OptionError(
            f"a window of {window} keys to either side is larger than the series allows, which has {key.shape[-2]} "
            "keys (or tokens): nothing would be left out; choose a smaller window, or the scope 'global'"
        )
