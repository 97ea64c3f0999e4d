"""What all descriptions of networks that reconstruct share: they build a network once the channels are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attime.nn.reconstruction import Reconstructing
from attime.options import Options, PositiveNumber


@dataclass(kw_only=True)
class Reconstructor(Options):
    """What all descriptions of networks that reconstruct share.

    Parameters
    ----------
    likelihood
        What each value is drawn from: ``"laplace"``, ``"gaussian"`` or ``"student"``, whose tails are the heaviest.
    least_scale
        Least scale of that distribution, on the scale of the values: see ``attime.nn.reconstruction.Likelihood``.
    """

    likelihood: Literal["laplace", "gaussian", "student"] = "laplace"
    least_scale: PositiveNumber = 0.05

    def build(self, *, n_channels: int, n_steps: int) -> Reconstructing:
        """Return a new network with random weights, for windows of typically `n_steps` steps."""
        raise NotImplementedError
