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

from attime.attention.batchwide import several_shares
from attime.nn.encoder import Encoded, Encoder
from attime.nn.output import steps_to_tokens
from attime.nn.shared_norm import normalised, whole_statistics


class Convolution(nn.Conv2d):
    """A convolution over tokens that keeps the features last, as attention wants them.

    Written in two dimensions, one of them of size one, because torch convolves that layout without copying it. With
    `same`, zeros beyond the ends give as many tokens as there were before.
    """

    def __init__(
        self, n_in: int, n_out: int, kernel: int, *, stride: int = 1, dilation: int = 1, same: bool = False
    ) -> None:
        padding = "same" if same else "valid"
        super().__init__(n_in, n_out, (1, kernel), (1, stride), padding, (1, dilation), bias=False)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, z: Float[Tensor, "case token n_in"]) -> Float[Tensor, "case new_token n_out"]:
        return super().forward(z.mT.unsqueeze(2)).squeeze(2).mT


FEWEST_TOKENS = 2


class MaskedBatchNorm(nn.BatchNorm1d):
    """Batch normalisation (Ioffe & Szegedy 2015) whose statistics leave out what is not present.

    One token alone has no deviation; a batch with less than two is normalised by the running statistics. Where several
    processes have a share of the batch each, statistics are those of all of it.
    """

    def forward(  # type: ignore[override]
        self, z: Float[Tensor, "case token feature"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case token feature"]:
        """Normalise each feature over the tokens that are present."""
        if self.training and several_shares():
            return self._normalised_over_shares(z, present)
        if self.training and int(present.sum()) < FEWEST_TOKENS:
            return self._normalised_as_usual(z)
        if not self.training or bool(present.all()):
            return super().forward(z.flatten(0, 1)).view(z.shape)
        there = torch.zeros_like(z)
        there[present] = super().forward(z[present])
        return there

    def _normalised_as_usual(self, z: Float[Tensor, "case token feature"]) -> Float[Tensor, "case token feature"]:
        rows = F.batch_norm(z.flatten(0, 1), self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        return rows.view(z.shape)

    def _normalised_over_shares(
        self, z: Float[Tensor, "case token feature"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case token feature"]:
        every = bool(present.all())
        rows = (z.flatten(0, 1) if every else z[present]).float()
        whole = whole_statistics(rows)
        if whole.n_rows < FEWEST_TOKENS:
            return self._normalised_as_usual(z)
        with torch.no_grad():
            assert self.running_mean is not None
            assert self.running_var is not None
            assert self.momentum is not None
            assert self.num_batches_tracked is not None
            self.running_mean.lerp_(whole.mean, self.momentum)
            self.running_var.lerp_(whole.variance * whole.n_rows / (whole.n_rows - 1), self.momentum)
            self.num_batches_tracked += 1
        found = normalised(rows, whole, self.weight, self.bias, self.eps).to(z.dtype)
        if every:
            return found.view(z.shape)
        there = torch.zeros_like(z)
        there[present] = found
        return there


class DilatedBlock(nn.Module):
    """z ← z + relu(norm(conv(z))): a residual step that looks `dilation` tokens to either side."""

    def __init__(self, width: int, *, kernel: int, dilation: int) -> None:
        super().__init__()
        self.convolution = Convolution(width, width, kernel, dilation=dilation, same=True)
        self.norm = MaskedBatchNorm(width)

    def forward(
        self, z: Float[Tensor, "case token width"], present: Bool[Tensor, "case token"]
    ) -> Float[Tensor, "case token width"]:
        """Return z with what its neighbourhood adds."""
        return (z + F.relu(self.norm(self.convolution(z), present))) * present.unsqueeze(-1)


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
    >>> encoder(torch.randn(2, 1, 50), torch.ones(2, 50, dtype=torch.bool)).tokens.shape  # case, token, feature
    torch.Size([2, 13, 16])
    """

    def __init__(self, n_features: int, *, width: int, stride: int, kernel: int, dilations: Sequence[int]) -> None:
        super().__init__()
        self.stride, self.width = stride, width
        self.window = max(8, 2 * stride)
        self.stem = Convolution(n_features, width, self.window, stride=stride)
        self.norm = MaskedBatchNorm(width)
        self.blocks = nn.ModuleList(DilatedBlock(width, kernel=kernel, dilation=d) for d in dilations)
        self.receptive_field = self.window + stride * (kernel - 1) * sum(dilations)

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Return one token for every `stride` steps."""
        n_steps, overhang = x.shape[-1], self.window - self.stride
        x = F.pad(x, (overhang // 2, overhang - overhang // 2 + -n_steps % self.stride))
        tokens_present = steps_to_tokens(present, self.stride)
        z = F.relu(self.norm(self.stem(x.mT.contiguous()), tokens_present)) * tokens_present.unsqueeze(-1)
        for block in self.blocks:
            z = block(z, tokens_present)
        return Encoded(z)
