"""Attention over channels: each is encoded by itself, and what a token becomes is a weighed sum of them.

    z_kt = encode(x_k, who_k)_t          β_kt = attention of a learned query to z_1t … z_Kt          z_t = Σ_k β_kt z_kt

What comes after, α_t (W z_t)_c, is linear in z_t, so evidence is a sum over channels, too: α_t β_kt (W z_kt)_c.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from attime.nn.encoder import ByChannel, Encoded, Encoder
from attime.nn.output import steps_to_tokens


class ChannelAttention(Encoder):
    """One encoder for all channels, told which one it encodes, and attention that mixes what it finds.

    A channel with nothing observed in a token has no weight there, so one that is missing altogether is passed over.
    The time it takes grows with the number of channels.

    Parameters
    ----------
    encoder
        For the views of one channel, its mask and `n_marks` numbers that tell it from the others.
    channel_weights
        How much each channel counts, token by token: ``EqualWeights`` or ``QueryWeights``.
    n_channels
        Channels of a series. Its features are those of an `Embedding` that shows the mask.
    n_marks
        Learned numbers that stand for each channel, beside its views.

    Examples
    --------
    >>> from attime.nn.convolution import ConvolutionEncoder
    >>> from attime.nn.pooling import EqualWeights
    >>> inner = ConvolutionEncoder(1 + 1 + 4, width=16, stride=2, kernel=3, dilations=(1, 2))
    >>> encoder = ChannelAttention(inner, EqualWeights(), n_channels=3, n_marks=4)
    >>> views = torch.cat([torch.randn(2, 3, 20), torch.ones(2, 3, 20)], dim=1)  # values and mask of three channels
    >>> encoded = encoder(views, torch.ones(2, 20, dtype=torch.bool))
    >>> encoded.tokens.shape, encoded.by_channel.tokens.shape
    (torch.Size([2, 10, 16]), torch.Size([2, 3, 10, 16]))
    """

    def __init__(self, encoder: Encoder, channel_weights: nn.Module, *, n_channels: int, n_marks: int = 4) -> None:
        super().__init__()
        self.encoder, self.channel_weights = encoder, channel_weights
        self.stride, self.width, self.n_channels = encoder.stride, encoder.width, n_channels
        self.marks = nn.Parameter(torch.randn(n_channels, n_marks))

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Return one token for every `stride` steps, and what each channel brought to it."""
        views = x.unflatten(1, (-1, self.n_channels)).transpose(1, 2)  # case, channel, view, time
        observed = views[:, :, -1] > 0  # the mask is the last view
        marks = self.marks.unsqueeze(-1) * observed.unsqueeze(2)
        times = None if times is None else times.repeat_interleave(self.n_channels, 0)
        encoded = self.encoder(torch.cat([views, marks], 2).flatten(0, 1), observed.flatten(0, 1), times)
        with torch.autocast(x.device.type, enabled=False):  # or the parts would add up to a few digits only
            z = encoded.tokens.float().unflatten(0, observed.shape[:2])
            known = steps_to_tokens(observed.flatten(0, 1), self.stride).unflatten(0, observed.shape[:2])
            weighed = self.channel_weights(z.transpose(1, 2), known.mT)  # of each token, over its channels
            weights = weighed.weights.squeeze(2).mT
            parts = weights.unsqueeze(-1) * z
            return Encoded(parts.sum(1), terms=weighed.terms, by_channel=ByChannel(parts, weights, observed))
