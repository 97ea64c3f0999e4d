"""Scores: how relevant is this key to this query?

Luong et al. 2015 (https://arxiv.org/abs/1508.04025), section 3.1; Bahdanau et al. 2015
(https://arxiv.org/abs/1409.0473), appendix A.1.2; Vaswani et al. 2017 (https://arxiv.org/abs/1706.03762), equation 1.
Every score is built from the sizes of a query and of a key, and maps all pairs at once.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.errors import OptionError


class Score(nn.Module):
    """What all scores share: sizes, and the shape of the answer.

    Parameters
    ----------
    d_query, d_key
        Number of features of a query and of a key.
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__()
        self.d_query, self.d_key = d_query, d_key

    @classmethod
    def sized(cls, *, d_query: int, d_key: int, n_keys: int) -> Score:
        """Return a score for queries and keys of these sizes, and for so many keys if it must know their number."""
        return cls(d_query, d_key)

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        """Return the energy of every (query, key) pair; higher is more relevant."""
        raise NotImplementedError

    def check_sizes(self, query: Float[Tensor, "*any query d"], key: Float[Tensor, "*other key e"]) -> None:
        """Raise an OptionError unless queries and keys have the sizes this score was built for."""
        if (query.shape[-1], key.shape[-1]) != (self.d_query, self.d_key):
            raise OptionError(
                f"queries of {query.shape[-1]} and keys of {key.shape[-1]} features arrived, but the score was built "
                f"for {self.d_query} and {self.d_key}; build it as {type(self).__name__}({query.shape[-1]}, "
                f"{key.shape[-1]}), or project them"
            )


class Dot(Score):
    """score(q, k) = qᵀk (Luong et al. 2015, "dot").

    Raises
    ------
    OptionError
        If queries and keys differ in size.

    Examples
    --------
    >>> x = torch.eye(2)
    >>> Dot(2, 2)(x, x).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__(d_query, d_key)
        if d_query != d_key:
            raise OptionError(
                f"a dot product needs queries and keys of one size, but they have {d_query} and {d_key} features; "
                "use the score 'general' or 'additive', or project one of them"
            )

    @property
    def scale(self) -> float:
        """What the dot products are multiplied by."""
        return 1.0

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return self.scale * (query @ key.mT)


class ScaledDot(Dot):
    """score(q, k) = qᵀk / √d (Vaswani et al. 2017, equation 1): keeps the softmax soft as d grows.

    Examples
    --------
    >>> x = 2 * torch.eye(4)
    >>> ScaledDot(4, 4)(x, x).diagonal().tolist()
    [2.0, 2.0, 2.0, 2.0]
    """

    @property
    def scale(self) -> float:
        """1 / √d."""
        return 1 / math.sqrt(self.d_key)


class General(Score):
    """score(q, k) = qᵀ W k (Luong et al. 2015, "general"; also called bilinear or multiplicative).

    Examples
    --------
    >>> General(3, 5)(torch.ones(2, 3), torch.ones(4, 5)).shape
    torch.Size([2, 4])
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__(d_query, d_key)
        self.W = nn.Linear(d_key, d_query, bias=False)

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return query @ self.W(key).mT


class Additive(Score):
    """score(q, k) = vᵀ tanh(W q + U k + b) (Bahdanau et al. 2015, A.1.2; Luong's "concat").

    The bias b is ours: a constant query then needs no W of its own. A bias outside the tanh would cancel in a softmax.

    Parameters
    ----------
    d_query, d_key
        Number of features of a query and of a key.
    d_hidden
        Units of the tanh layer; as many as a key has features if not given.

    Examples
    --------
    >>> Additive(3, 5, d_hidden=8)(torch.ones(2, 3), torch.ones(4, 5)).shape
    torch.Size([2, 4])
    """

    def __init__(self, d_query: int, d_key: int, *, d_hidden: int | None = None) -> None:
        super().__init__(d_query, d_key)
        hidden = d_hidden or d_key
        self.W = nn.Linear(d_query, hidden, bias=False)
        self.U = nn.Linear(d_key, hidden)
        self.v = nn.Linear(hidden, 1, bias=False)

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        hidden = self.W(query).unsqueeze(-2) + self.U(key).unsqueeze(-3)  # every query beside every key
        energy: Tensor = self.v(torch.tanh(hidden)).squeeze(-1)
        return energy


class Location(Score):
    """score(q, k_j) = (W q)_j: the query says where to look, whatever stands there (Luong et al. 2015, "location").

    There are as many rows in W as positions; shorter series use the first of them.

    Parameters
    ----------
    d_query, d_key
        Number of features of a query and of a key; a key has no say.
    n_keys
        Positions that can be looked at.

    Raises
    ------
    OptionError
        When called with more keys than there are positions.

    Examples
    --------
    >>> score, q = Location(3, 5, n_keys=7), torch.ones(2, 3)
    >>> torch.equal(score(q, torch.ones(4, 5)), score(q, torch.zeros(4, 5)))
    True
    """

    def __init__(self, d_query: int, d_key: int, *, n_keys: int = 512) -> None:
        super().__init__(d_query, d_key)
        self.W = nn.Linear(d_query, n_keys, bias=False)

    @classmethod
    def sized(cls, *, d_query: int, d_key: int, n_keys: int) -> Location:
        """Return a score for so many positions."""
        return cls(d_query, d_key, n_keys=n_keys)

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        n_keys = key.shape[-2]
        if n_keys > self.W.out_features:
            raise OptionError(
                f"a location score for {self.W.out_features} positions was given {n_keys} keys; "
                f"build it with n_keys={n_keys} or more, or use a score that compares, such as 'additive'"
            )
        energy: Tensor = self.W(query)[..., :n_keys]
        return energy


class Capped(Score):
    """score(q, k) = c · tanh(score'(q, k) / c): any score, kept between −c and c.

    In a softmax no key can then weigh more than e^2c times as much as another. Without a cap a softmax that is trained
    on few cases ends on one or two keys. Close to Bello et al. 2016 (https://arxiv.org/abs/1611.09940, appendix A), who
    clip energies to C · tanh(e) for the sake of exploration.

    Parameters
    ----------
    score
        The score to be capped.
    cap
        The largest energy c that can be approached, up or down.

    Raises
    ------
    OptionError
        If `cap` is not above 0.

    Examples
    --------
    >>> x = 100 * torch.eye(2)
    >>> Capped(Dot(2, 2), cap=2.0)(x, x).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """

    def __init__(self, score: Score, *, cap: float = 2.0) -> None:
        super().__init__(score.d_query, score.d_key)
        if not cap > 0:
            raise OptionError(f"cap is {cap}, expected an energy above 0")
        self.score, self.cap = score, cap

    def check_sizes(self, query: Float[Tensor, "*any query d"], key: Float[Tensor, "*other key e"]) -> None:
        """Raise an OptionError unless queries and keys have the sizes the capped score was built for."""
        self.score.check_sizes(query, key)

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return self.cap * torch.tanh(self.score(query, key) / self.cap)
