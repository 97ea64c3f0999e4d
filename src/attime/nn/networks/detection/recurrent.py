"""The description of a plain recurrent autoencoder."""

from __future__ import annotations

from dataclasses import dataclass

from attime.nn.embedding import Embedding, Values
from attime.nn.initial import keras_weights_
from attime.nn.networks.detection.network import Reconstructor
from attime.nn.reconstruction import Likelihood, RecurrentAutoencoder
from attime.nn.reconstruction.recurrent import Decoder
from attime.nn.recurrent import RecurrentEncoder
from attime.options import Count, PositiveNumber, Share


@dataclass
class PlainRecurrent(Reconstructor):
    """An LSTM both ways that reads, one code, an LSTM both ways that writes; no attention and nothing variational.

    Parameters
    ----------
    hidden
        Units of each LSTM in each direction.
    d_code
        Features of the code.
    noise
        Variance of the noise added in training, as a share of that of each series and channel.
    fixed_scale
        The scale of every value, so that the loss is one of distances (absolute ones for ``"laplace"``, squares for
        ``"gaussian"``); learnt for each value if None, as in `VariationalRecurrent`.
    likelihood, least_scale
        See `Reconstructor`.

    Examples
    --------
    >>> PlainRecurrent(hidden=8).build(n_channels=1, n_steps=96).encoder.width
    16
    """

    hidden: Count = 32
    d_code: Count = 8
    noise: Share = 0.1
    fixed_scale: PositiveNumber | None = 1.0

    def build(self, *, n_channels: int, n_steps: int) -> RecurrentAutoencoder:
        """Return a new network with random weights; it takes windows of any length."""
        embedding = Embedding([Values()], n_channels=n_channels, show_mask=True)
        encoder = RecurrentEncoder(embedding.n_features, hidden=self.hidden)
        decoder = Decoder(self.d_code, hidden=self.hidden)
        likelihood = Likelihood(
            decoder.width,
            n_channels,
            kind=self.likelihood,
            least_scale=self.least_scale,
            fixed_scale=self.fixed_scale,
        )
        network = RecurrentAutoencoder(embedding, encoder, decoder, likelihood, d_code=self.d_code, noise=self.noise)
        keras_weights_(network)  # open forget gates: from the first update on, a code can come from far back
        return network
