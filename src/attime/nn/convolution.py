"""A convolutional encoder: a strided stem makes one token of a few steps, dilated blocks let tokens see neighbours.

Steps that do not exist are zeros at every layer, just as beyond the ends of the series. So padding changes nothing,
and a token knows only its surroundings: the receptive field is a property one can state (`receptive_field`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from attime.nn.encoder import Encoder
from attime.nn.output import steps_to_tokens


class MaskedBatchNorm(nn.BatchNorm1d):
    """Batch normalisation (Ioffe & Szegedy 2015) whose statistics leave out what is not present."""

    def forward(  # type: ignore[override]
        self, x: Float[Tensor, "case feature token"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case feature token"]:
        """Normalise each feature over the tokens that are present."""
        if not self.training or bool(present.all()):
            return super().forward(x)
        normalised = torch.zeros_like(x.mT)
        normalised[present] = super().forward(x.mT[present])
        return normalised.mT


class DilatedBlock(nn.Module):
    """z ← z + relu(norm(conv(z))): a residual step that looks `dilation` tokens to either side."""

    def __init__(self, width: int, *, kernel: int, dilation: int) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(width, width, kernel, padding="same", dilation=dilation, bias=False)
        self.norm = MaskedBatchNorm(width)

    def forward(
        self, z: Float[Tensor, "case width token"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case width token"]:
        """Return z with what its neighbourhood adds."""
        return (z + F.relu(self.norm(self.convolution(z), present))) * present.unsqueeze(1)


class ConvolutionEncoder(Encoder):
    """Strided stem, then dilated residual blocks.

    Parameters
    ----------
    n_features
        Features of a step.
    width
        Features of a token.
    stride
        Steps for each token; the stem looks at twice as many, at 8 steps at least.
    kernel
        Tokens that a block looks at.
    dilations
        One block for each entry: the distance in tokens between the tokens it looks at.

    Examples
    --------
    >>> encoder = ConvolutionEncoder(1, width=16, stride=4, kernel=3, dilations=(1, 2, 4))
    >>> encoder.receptive_field  # in steps
    64
    >>> encoder(torch.randn(2, 1, 50), torch.ones(2, 50, dtype=torch.bool)).shape  # case, token, feature
    torch.Size([2, 13, 16])
    """

    def __init__(self, n_features: int, *, width: int, stride: int, kernel: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.stride, self.width = stride, width
        self.window = max(8, 2 * stride)
        self.stem = nn.Conv1d(n_features, width, self.window, stride, bias=False)
        self.norm = MaskedBatchNorm(width)
        self.blocks = nn.ModuleList(DilatedBlock(width, kernel=kernel, dilation=d) for d in dilations)
        self.receptive_field = self.window + stride * (kernel - 1) * sum(dilations)

    def forward(
        self, x: Float[Tensor, "case feature time"], present: Bool[Tensor, "case time"]
    ) -> Float[Tensor, "case token width"]:
        """Return one token for every `stride` steps."""
        n_steps, overhang = x.shape[-1], self.window - self.stride
        x = F.pad(x, (overhang // 2, overhang - overhang // 2 + -n_steps % self.stride))
        tokens_present = steps_to_tokens(present, self.stride)
        z = F.relu(self.norm(self.stem(x), tokens_present)) * tokens_present.unsqueeze(1)
        for block in self.blocks:
            z = block(z, tokens_present)
        if z.requires_grad:  # a transposed gradient would make every relu below it many times slower
            z.register_hook(torch.Tensor.contiguous)
        return z.mT
