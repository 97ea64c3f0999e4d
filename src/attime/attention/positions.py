"""Positions: attention by itself sees a set; these tell it where in the series, or when, each token stands.

A position may enter at three places, and each class below uses one of them: it may shift the tokens before the first
layer, turn queries and keys in every head, or add a bias to the energies. Positions are counted 0, 1, 2, … unless real
times are given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from attime.errors import OptionError


@dataclass(frozen=True, eq=False)
class Place:
    """Where tokens stand, in the three ways a network can be told.

    Attributes
    ----------
    shift
        What is added to the tokens.
    angle
        By how much each pair of features of a query or key is turned, in radians.
    bias
        What is added to the energies of each head.
    """

    shift: Float[Tensor, "*case token d_model"] | None = None
    angle: Float[Tensor, "*head_case token d_half"] | None = None
    bias: Float[Tensor, "*case head query key"] | None = None


class Position(nn.Module):
    """What all positions share: from times to a place."""

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> Position:
        """Return a position for a network of these sizes."""
        raise NotImplementedError

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        """Return where tokens of these times stand; for tokens of equal distance the times count the tokens from 0."""
        raise NotImplementedError


class Nowhere(Position):
    """No position: the network sees its tokens as a set.

    Examples
    --------
    >>> Nowhere()(torch.arange(3.0)).shift is None
    True
    """

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> Nowhere:
        """Return it; there is nothing to size."""
        return cls()

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        return Place()


class Sinusoidal(Position):
    """shift_2i = sin(t / 10000^(2i/d)),  shift_2i+1 = cos(t / 10000^(2i/d)); nothing is learnt.

    Vaswani et al. 2017 (https://arxiv.org/abs/1706.03762), section 3.5.

    Parameters
    ----------
    d_model
        Features of a token; an even number.

    Raises
    ------
    OptionError
        If `d_model` is odd.

    Examples
    --------
    >>> Sinusoidal(4)(torch.tensor([0.0])).shift.tolist()
    [[0.0, 1.0, 0.0, 1.0]]
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.frequency: Tensor
        self.register_buffer("frequency", _frequencies(d_model, what="d_model"))

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> Sinusoidal:
        """Return a position for tokens of `d_model` features."""
        return cls(d_model)

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        angle = times.unsqueeze(-1) * self.frequency
        return Place(shift=torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2))


class Learned(Position):
    """shift_t = E_t, one learned vector for each position (Gehring et al. 2017, https://arxiv.org/abs/1705.03122).

    Parameters
    ----------
    d_model
        Features of a token.
    n_tokens
        Positions there are.

    Raises
    ------
    OptionError
        When called for a position that there is not, or that is not a whole number.

    Examples
    --------
    >>> Learned(8, n_tokens=5)(torch.arange(3.0)).shift.shape
    torch.Size([3, 8])
    """

    def __init__(self, d_model: int, *, n_tokens: int) -> None:
        super().__init__()
        self.E = nn.Parameter(0.02 * torch.randn(n_tokens, d_model))

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> Learned:
        """Return `n_tokens` vectors of `d_model` features."""
        return cls(d_model, n_tokens=n_tokens)

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        index = times.long()
        if torch.compiler.is_exporting():  # a graph cannot ask; it refuses positions that there are not
            return Place(shift=self.E[index])
        if bool((index != times).any()) or bool((index < 0).any()) or bool((index >= len(self.E)).any()):
            raise OptionError(
                f"learned positions are the whole numbers 0 to {len(self.E) - 1}, but the tokens stand at "
                f"{times.min():g} to {times.max():g}; for longer series or real times use 'sinusoidal', 'rotary' or "
                "'time_stamps'"
            )
        return Place(shift=self.E[index])


class Rotary(Position):
    """q_t and k_t are turned by the angles t / 10000^(2i/d), pair by pair, so that (R_t q)·(R_s k) knows t − s alone.

    Su et al. 2021 (https://arxiv.org/abs/2104.09864), section 3.2. This holds for the scores dot and scaled dot; others
    (general, additive) see that tokens are turned, but not the distance alone.

    Parameters
    ----------
    d_head
        Features of a head; an even number.

    Raises
    ------
    OptionError
        If `d_head` is odd.

    Examples
    --------
    >>> Rotary(4)(torch.arange(3.0)).angle.shape  # token, pair of features
    torch.Size([3, 2])
    """

    def __init__(self, d_head: int) -> None:
        super().__init__()
        self.frequency: Tensor
        self.register_buffer("frequency", _frequencies(d_head, what="the size of a head"))

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> Rotary:
        """Return a position for heads of d_model / n_heads features."""
        return cls(d_model // n_heads)

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        angle = times.unsqueeze(-1) * self.frequency
        return Place(angle=angle if angle.ndim == 2 else angle.unsqueeze(-3))  # the same in all heads


class RelativeBias(Position):
    """energy_ts ← energy_ts + b_{t−s}, one learned number for each head and distance; far ones share the last.

    As in Raffel et al. 2020 (https://arxiv.org/abs/1910.10683, section 2.1), with the distances clipped (Shaw et al.
    2018, https://arxiv.org/abs/1803.02155) instead of put into buckets. The bias is the same in all layers.

    Parameters
    ----------
    n_heads
        Number of heads.
    farthest
        The largest distance that has a number of its own.

    Examples
    --------
    >>> bias = RelativeBias(2, farthest=8)(torch.arange(5.0)).bias
    >>> bias.shape, bool((bias[:, 1, 0] == bias[:, 4, 3]).all())  # head, query, key
    (torch.Size([2, 5, 5]), True)
    """

    def __init__(self, n_heads: int, *, farthest: int = 32) -> None:
        super().__init__()
        self.farthest = farthest
        self.b = nn.Parameter(torch.zeros(n_heads, 2 * farthest + 1))

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> RelativeBias:
        """Return a bias for `n_heads` heads and all distances in `n_tokens` tokens, but 128 at most."""
        return cls(n_heads, farthest=min(max(n_tokens - 1, 1), 128))

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        distance = (times.unsqueeze(-1) - times.unsqueeze(-2)).round().long()
        bias = self.b[:, distance.clamp(-self.farthest, self.farthest) + self.farthest]
        return Place(bias=bias if bias.ndim == 3 else bias.movedim(0, -3))


class TimeStamps(Position):
    """shift = W [t, sin(ω₁ t + φ₁), …]: real times at learned frequencies, for series measured at irregular times.

    Time2Vec, Kazemi et al. 2019 (https://arxiv.org/abs/1907.05321), equation 1, followed by a projection. The first
    frequencies are spread between one turn in `longest` and a hundred such turns.

    Parameters
    ----------
    d_model
        Features of a token.
    longest
        The longest stretch of time to be told apart, in the unit of the times.

    Examples
    --------
    >>> TimeStamps(8, longest=24.0)(torch.tensor([0.0, 0.5, 7.25])).shift.shape
    torch.Size([3, 8])
    """

    def __init__(self, d_model: int, *, longest: float) -> None:
        super().__init__()
        if not longest > 0:
            raise OptionError(f"longest is {longest}, expected a length of time above 0")
        self.longest = longest
        self.omega = nn.Parameter(2 * math.pi / longest * torch.logspace(0, 2, d_model - 1))
        self.phi = nn.Parameter(torch.zeros(d_model - 1))
        self.W = nn.Linear(d_model, d_model, bias=False)

    @classmethod
    def sized(cls, *, d_model: int, n_heads: int, n_tokens: int) -> TimeStamps:
        """Return a position for times from 0 to about `n_tokens`."""
        return cls(d_model, longest=float(n_tokens))

    def forward(self, times: Float[Tensor, "*case token"]) -> Place:
        t = times.unsqueeze(-1)
        return Place(shift=self.W(torch.cat([t / self.longest, torch.sin(self.omega * t + self.phi)], dim=-1)))


def turn(
    x: Float[Tensor, "*batch token d"], angle: Float[Tensor, "*#batch token d_half"]
) -> Float[Tensor, "*batch token d"]:
    """Turn each pair of neighbouring features by its angle.

    Examples
    --------
    >>> turn(torch.tensor([[1.0, 0.0]]), torch.tensor([[math.pi / 2]])).round(decimals=3).tolist()
    [[-0.0, 1.0]]
    """
    first, second = x.unflatten(-1, (-1, 2)).unbind(-1)
    sin, cos = angle.sin(), angle.cos()
    return torch.stack([first * cos - second * sin, first * sin + second * cos], dim=-1).flatten(-2)


def _frequencies(d: int, *, what: str) -> Float[Tensor, " d_half"]:
    if d % 2:
        raise OptionError(f"{what} is {d}, expected an even number: positions come in pairs of sine and cosine")
    return 10_000.0 ** (-torch.arange(0, d, 2) / d)
