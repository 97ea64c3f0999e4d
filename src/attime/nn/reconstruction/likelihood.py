"""Likelihoods: from features of tokens to a distribution of each value that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.distributions import Distribution, Laplace, Normal, StudentT
from torch.nn import functional as F

from attime.names import pick

DEGREES_OF_FREEDOM = 4.0  # of Student's t: tails so heavy that it has a variance and no more moments
# Not validated by torch: numbers that are none are for the training loop to speak of, which knows what to do.
LIKELIHOODS: dict[str, Callable[[Tensor, Tensor], Distribution]] = {
    "laplace": partial(Laplace, validate_args=False),
    "gaussian": partial(Normal, validate_args=False),
    "student": partial(StudentT, DEGREES_OF_FREEDOM, validate_args=False),
}


class Likelihood(nn.Module):
    """p(x_td) of location μ = W_μ y and scale s = s₀ + softplus(W_s y), y the token that the step is in.

    Parameters
    ----------
    width
        Features of a token.
    n_channels
        Channels of a series.
    kind
        A name in ``LIKELIHOODS``.
    patch
        Steps that a token stands for.
    least_scale
        The s₀ of the equation, on the scale of the values. Where a series is the same every day, such as solar power at
        night, a scale could shrink without end, and the smallest deviation would count for more than any other.
    fixed_scale
        The scale of every value; learnt if not given.

    Raises
    ------
    OptionError
        If there is no such kind.

    Examples
    --------
    >>> likelihood = Likelihood(8, 2, kind="student", patch=4)
    >>> likelihood(torch.randn(3, 5, 8), n_steps=18).mean.shape  # case, channel, time
    torch.Size([3, 2, 18])
    """

    def __init__(
        self,
        width: int,
        n_channels: int,
        *,
        kind: str = "laplace",
        patch: int = 1,
        least_scale: float = 0.01,
        fixed_scale: float | None = None,
    ) -> None:
        super().__init__()
        self.distribution = pick(LIKELIHOODS, kind, what="likelihood")
        self.n_channels, self.least_scale, self.fixed_scale = n_channels, least_scale, fixed_scale
        self.W_location = nn.Linear(width, n_channels * patch)
        if fixed_scale is None:
            self.W_scale = nn.Linear(width, n_channels * patch)

    def forward(self, tokens: Float[Tensor, "case token width"], n_steps: int) -> Distribution:
        """Return the distribution of each value, shape (case, channel, time)."""
        location = self._by_step(self.W_location(tokens), n_steps)
        if self.fixed_scale is not None:
            return self.distribution(location, torch.full_like(location, self.fixed_scale))
        scale = self._by_step(F.softplus(self.W_scale(tokens)), n_steps)
        return self.distribution(location, self.least_scale + scale)

    def _by_step(self, tokens: Float[Tensor, "case token values"], n_steps: int) -> Float[Tensor, "case channel time"]:
        # In 32 bits, also where the network runs in 16: the logarithm of a small scale has to be right.
        return tokens.float().unflatten(-1, (self.n_channels, -1)).transpose(1, 2).flatten(2)[..., :n_steps]
