"""A transformer encoder: tokens of one step or a patch of steps look at each other, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from attime.attention import Attended, AttentionMap, MultiHead, Place, Position, Term
from attime.nn.convolution import Convolution
from attime.nn.dropout import Dropout
from attime.nn.encoder import Encoded, Encoder
from attime.nn.output import steps_to_tokens


class TransformerLayer(nn.Module):
    """z ← z + attend(norm(z)),  z ← z + mlp(norm(z)).

    Normalised before each part and not after (pre-norm: Xiong et al. 2020, https://arxiv.org/abs/2002.04745), so that
    it trains without warming up. Dropout falls on what is added, never on weights: those that are read are those used.

    Parameters
    ----------
    attend
        Attention in several heads; its choices of score, weighing and scope are free.
    d_model
        Features of a token.
    d_hidden
        Units of the hidden layer.
    dropout
        Share of what is added that is left out, at random in training.

    Examples
    --------
    >>> from attime.attention import Attention, ScaledDot
    >>> attend = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2)
    >>> layer = TransformerLayer(attend, d_model=8, d_hidden=16)
    >>> layer(torch.randn(3, 10, 8), torch.ones(3, 10, dtype=torch.bool), Place()).weights.shape
    torch.Size([3, 2, 10, 10])
    """

    def __init__(self, attend: MultiHead, *, d_model: int, d_hidden: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.attend = attend
        self.norm_attend, self.norm_mlp = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.mlp = nn.Sequential(nn.Linear(d_model, d_hidden), nn.GELU(), nn.Linear(d_hidden, d_model))
        self.dropout = Dropout(dropout)

    def forward(
        self, z: Float[Tensor, "case token d_model"], present: Bool[Tensor, "case token"], place: Place
    ) -> Attended:
        """Return the new tokens as `values`, with the weights by which they looked at each other."""
        y = self.norm_attend(z)
        attended = self.attend(y, y, present=present, asking=present, place=place)
        z = z + self.dropout(attended.values)
        z = z + self.dropout(self.mlp(self.norm_mlp(z)))
        return Attended(z, lambda: attended.weights, attended.terms)


class TransformerEncoder(Encoder):
    """Tokens of `patch` steps, told where they stand, then layers of self-attention.

    Vaswani et al. 2017 (https://arxiv.org/abs/1706.03762); patches of a series as in Nie et al. 2023
    (https://arxiv.org/abs/2211.14730), patches of an image as in Dosovitskiy et al. 2021
    (https://arxiv.org/abs/2010.11929).

    Parameters
    ----------
    n_features
        Features of a step.
    layers
        The layers, first to last, for tokens of `d_model` features.
    position
        How the layers are told where tokens stand.
    d_model
        Features of a token.
    patch
        Steps that make one token; 1 for points.

    Examples
    --------
    >>> from attime.attention import Attention, ScaledDot, Sinusoidal
    >>> attend = MultiHead(Attention(ScaledDot(4, 4)), d_model=8, n_heads=2)
    >>> layers = [TransformerLayer(attend, d_model=8, d_hidden=16)]
    >>> encoder = TransformerEncoder(1, layers=layers, position=Sinusoidal(8), d_model=8, patch=5)
    >>> encoded = encoder(torch.randn(3, 1, 50), torch.ones(3, 50, dtype=torch.bool))
    >>> encoded.tokens.shape, encoded.maps[0].weights.shape
    (torch.Size([3, 10, 8]), torch.Size([3, 2, 10, 10]))
    """

    def __init__(
        self, n_features: int, *, layers: Sequence[TransformerLayer], position: Position, d_model: int, patch: int = 1
    ) -> None:
        super().__init__()
        self.stride, self.width = patch, d_model
        self.stem = Convolution(n_features, d_model, patch, stride=patch)
        self.position = position
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(d_model)

    def forward(
        self,
        x: Float[Tensor, "case feature time"],
        present: Bool[Tensor, "case time"],
        times: Float[Tensor, "case time"] | None = None,
    ) -> Encoded:
        """Return one token for every `patch` steps, and the map of every layer."""
        x = F.pad(x, (0, -x.shape[-1] % self.stride))
        tokens_present = steps_to_tokens(present, self.stride)
        z = self.stem(x.mT.contiguous())
        place = self.position(
            torch.arange(z.shape[1], dtype=z.dtype, device=z.device)
            if times is None
            else token_times(times, present, self.stride)
        )
        if place.shift is not None:
            z = z + place.shift
        maps: list[AttentionMap] = []
        terms: list[Term] = []
        for number, layer in enumerate(self.layers, start=1):
            attended: Attended = layer(z, tokens_present, place)
            z = attended.values
            maps.append(_map_of(attended, f"layer {number}", self.stride))
            terms.extend(attended.terms)
        return Encoded(self.norm(z) * tokens_present.unsqueeze(-1), tuple(maps), tuple(terms))


def token_times(
    times: Float[Tensor, "case time"], present: Bool[Tensor, "case time"], stride: int
) -> Float[Tensor, "case token"]:
    """Return when each token stands, counted in tokens: by the mean time of those of its steps that are present.

    At equal distances these are 0, 1, 2, …, as if no times were given.

    Examples
    --------
    >>> present = torch.tensor([[True, True, True, False]])
    >>> token_times(torch.tensor([[0.0, 1.0, 5.0, 9.0]]), present, stride=2).tolist()
    [[0.0, 2.25]]
    """
    padding = (0, -times.shape[-1] % stride)
    count = F.pad(present.to(times.dtype), padding).unflatten(-1, (-1, stride)).sum(-1)
    total = F.pad(times.masked_fill(~present, 0.0), padding).unflatten(-1, (-1, stride)).sum(-1)
    return (total / count.clamp(min=1) - (stride - 1) / 2) / stride


def _map_of(attended: Attended, name: str, stride: int) -> AttentionMap:
    return AttentionMap(name, lambda: attended.weights, ("case", "head", "query", "key"), stride)
