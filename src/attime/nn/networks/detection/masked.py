"""The description of a transformer that fills in what is hidden of a window."""

from __future__ import annotations

from dataclasses import dataclass

from attime.attention import Sinusoidal
from attime.nn.embedding import Embedding, Values
from attime.nn.networks.detection.network import Reconstructor
from attime.nn.networks.layers import transformer_layers
from attime.nn.reconstruction import Likelihood, MaskedReconstruction
from attime.nn.transformer import TransformerEncoder
from attime.options import Count, Share


@dataclass
class MaskedTransformer(Reconstructor):
    """Layers of self-attention among patches, trained to fill in stretches; see `MaskedReconstruction`.

    Parameters
    ----------
    d_model
        Features of a patch; an even number.
    n_heads
        Heads of each attention; must divide `d_model`.
    n_layers
        Layers of self-attention.
    patch
        Steps of a token; 1 for points.
    stretch
        Tokens that are hidden together; a twelfth of the window if not given.
    n_masks
        One of so many stretches is hidden at a time.
    dropout
        Share of what each layer adds that is left out, at random in training.
    score, weigh
        The attention of the layers: names in ``attime.attention.SCORES`` and ``WEIGHINGS``.
    likelihood, least_scale
        See `Reconstructor`.

    Examples
    --------
    >>> network = MaskedTransformer().build(n_channels=1, n_steps=96)
    >>> network.encoder.stride, network.stretch
    (4, 8)
    """

    d_model: Count = 64
    n_heads: Count = 4
    n_layers: Count = 2
    patch: Count = 4
    stretch: Count | None = None
    n_masks: Count = 4
    dropout: Share = 0.1
    score: str = "scaled_dot"
    weigh: str = "softmax"

    def build(self, *, n_channels: int, n_steps: int) -> MaskedReconstruction:
        """Return a new network with random weights.

        Raises
        ------
        OptionError
            If `n_heads` does not divide `d_model`, or a name is not known.
        """
        embedding = Embedding([Values()], n_channels=n_channels, show_mask=True)
        layers = transformer_layers(
            self.n_layers,
            d_model=self.d_model,
            n_heads=self.n_heads,
            dropout=self.dropout,
            score=self.score,
            weigh=self.weigh,
            n_tokens=-(-n_steps // self.patch),
        )
        encoder = TransformerEncoder(
            embedding.n_features,
            layers=layers,
            position=Sinusoidal(self.d_model),
            d_model=self.d_model,
            patch=self.patch,
        )
        return MaskedReconstruction(
            embedding,
            encoder,
            Likelihood(self.d_model, n_channels, kind=self.likelihood, patch=self.patch, least_scale=self.least_scale),
            stretch=self.patch * (self.stretch or max(1, round(n_steps / 12 / self.patch))),
            n_masks=self.n_masks,
        )
