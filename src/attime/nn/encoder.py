"""What all encoders share: from the features of steps to tokens of a known stride and width."""

from __future__ import annotations

from jaxtyping import Bool, Float
from torch import Tensor, nn


class Encoder(nn.Module):
    """From (case, feature, time) to tokens (case, token, width), one for every `stride` steps.

    Attributes
    ----------
    stride
        Steps that a token stands for.
    width
        Features of a token.
    """

    stride: int
    width: int

    def forward(
        self, x: Float[Tensor, "case feature time"], present: Bool[Tensor, "case time"]
    ) -> Float[Tensor, "case token width"]:
        raise NotImplementedError
