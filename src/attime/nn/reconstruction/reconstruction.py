"""What networks that reconstruct have in common: a distribution of each value, and how probable the value was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.distributions import Distribution

from attime.nn.output import Output


@dataclass(frozen=True, eq=False)
class Reconstruction(Output):
    """The result of every network that reconstructs; its `prediction` is the location, shape (case, channel, time).

    After the last step of a case at which anything was observed, nothing is said that means something.

    Attributes
    ----------
    distribution
        That of each value, shape (case, channel, time).
    latent
        The mean of the code of each case, for pictures; None where a network has none.
    context
        The means of what attention gave the decoder, in the mean over the steps of each case. What is reconstructed
        well and yet unlike all that training knew is far from theirs: a day without any power is written as easily as a
        night. None where a network has none.
    hidden
        Which values the network did not see, and is to be judged by; None where it is judged by all.
    """

    distribution: Distribution = field(kw_only=True)
    latent: Float[Tensor, "case code"] | None = None
    context: Float[Tensor, "case context"] | None = None
    hidden: Bool[Tensor, "case channel time"] | None = None


class Reconstructing(nn.Module):
    """What all networks that reconstruct share."""

    def forward(
        self, values: Float[Tensor, "case channel time"], observed: Bool[Tensor, "case channel time"]
    ) -> Reconstruction:
        """Reconstruct; drawing in training, without chance afterwards.

        Parameters
        ----------
        values
            What there is; whatever stands where nothing was observed changes nothing.
        observed
            False for padding and missing values.
        """
        raise NotImplementedError

    def draws(
        self,
        values: Float[Tensor, "case channel time"],
        observed: Bool[Tensor, "case channel time"],
        *,
        n_samples: int,
        generator: torch.Generator,
    ) -> Iterator[Distribution]:
        """Yield the distribution of each value for `n_samples` codes drawn; once where there is nothing to draw."""
        yield self(values, observed).distribution


@torch.no_grad()
def reconstruction_log_probability(
    network: Reconstructing,
    values: Float[Tensor, "case channel time"],
    observed: Bool[Tensor, "case channel time"],
    *,
    n_samples: int = 16,
    generator: torch.Generator,
) -> Float[Tensor, "case channel time"]:
    """Return 1/L Σ_l log p(x_td | z_l, c_l) of each value, for L codes drawn from the posterior; NaN where missing.

    The reconstruction probability of An & Cho 2015, as Pereira & Silveira 2018
    (https://doi.org/10.1109/ICMLA.2018.00207), section III-E, take it: the mean of the logarithms, not the logarithm of
    the mean, which one lucky draw would decide. High is normal.

    All cases meet the same draws from N(0, I), each on the scale of its own posterior. So what a case gets depends on
    the seed of the generator, and not on which cases are beside it. The network is left in the mode of use (`eval`).

    Parameters
    ----------
    network
        Trained.
    values, observed
        As in `Reconstructing.forward`.
    n_samples
        The L of the equation.
    generator
        What the draws come from.

    Examples
    --------
    >>> from attime.nn.networks.detection import VariationalRecurrent
    >>> network = VariationalRecurrent(hidden=4).build(n_channels=1, n_steps=20)
    >>> x, there = torch.randn(3, 1, 20), torch.ones(3, 1, 20, dtype=torch.bool)
    >>> reconstruction_log_probability(network, x, there, generator=torch.Generator().manual_seed(0)).shape
    torch.Size([3, 1, 20])
    """
    network.eval()
    zeroed = values.masked_fill(~observed, 0.0)
    total, n_drawn = torch.zeros_like(zeroed, dtype=torch.float32), 0
    for distribution in network.draws(values, observed, n_samples=n_samples, generator=generator):
        total += distribution.log_prob(zeroed)
        n_drawn += 1
    return (total / n_drawn).masked_fill(~observed, torch.nan)
