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

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        """Return the energy of every (query, key) pair; higher is more relevant."""
        raise NotImplementedError


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

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return query @ key.mT


class ScaledDot(Dot):
    """score(q, k) = qᵀk / √d (Vaswani et al. 2017, equation 1): keeps the softmax soft as d grows.

    Examples
    --------
    >>> x = 2 * torch.eye(4)
    >>> ScaledDot(4, 4)(x, x).diagonal().tolist()
    [2.0, 2.0, 2.0, 2.0]
    """

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return query @ key.mT / math.sqrt(self.d_key)


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

    Examples
    --------
    >>> x = 100 * torch.eye(2)
    >>> Capped(Dot(2, 2), cap=2.0)(x, x).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """

    def __init__(self, score: Score, *, cap: float = 2.0) -> None:
        super().__init__(score.d_query, score.d_key)
        self.score, self.cap = score, cap

    def forward(
        self, query: Float[Tensor, "*batch query d_query"], key: Float[Tensor, "*batch key d_key"]
    ) -> Float[Tensor, "*batch query key"]:
        return self.cap * torch.tanh(self.score(query, key) / self.cap)
