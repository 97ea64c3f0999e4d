"""The description of a variational recurrent autoencoder with variational self-attention."""

from __future__ import annotations

from dataclasses import dataclass

from attime.attention import Attention, ScaledDot, Variational
from attime.nn.embedding import Embedding, Values
from attime.nn.initial import keras_weights_
from attime.nn.networks.detection.network import Reconstructor
from attime.nn.reconstruction import Annealed, Likelihood, VariationalRecurrentAutoencoder
from attime.nn.reconstruction.recurrent import Decoder
from attime.nn.recurrent import RecurrentEncoder
from attime.options import Count, NonNegative, Share


@dataclass
class VariationalRecurrent(Reconstructor):
    """The autoencoder of Pereira & Silveira 2018; see ``attime.nn.reconstruction.VariationalRecurrentAutoencoder``.

    Parameters
    ----------
    hidden
        Units of each LSTM in each direction.
    d_code
        Features of the code z of a whole series.
    d_context
        Features of the code c_t of each step.
    noise
        Variance of the noise added in training, as a share of that of each series and channel.
    weight
        What a nat of divergence counts beside a nat of likelihood, once annealing is over: λ.
    context_weight
        What a nat of c_t counts beside a nat of z: η.
    annealing
        Updates over which λ grows from zero.
    likelihood, least_scale
        See `Reconstructor`.

    Examples
    --------
    >>> network = VariationalRecurrent(hidden=8, d_context=2).build(n_channels=1, n_steps=96)
    >>> network.encoder.width, network.attend.mean.out_features
    (16, 2)
    """

    hidden: Count = 32
    d_code: Count = 8
    d_context: Count = 8
    noise: Share = 0.1
    weight: NonNegative = 1.0
    context_weight: NonNegative = 0.01
    annealing: Count = 100

    def build(self, *, n_channels: int, n_steps: int) -> VariationalRecurrentAutoencoder:
        """Return a new network with random weights; it takes windows of any length."""
        embedding = Embedding([Values()], n_channels=n_channels, show_mask=True)
        encoder = RecurrentEncoder(embedding.n_features, hidden=self.hidden)
        decoder = Decoder(self.d_code + self.d_context, hidden=self.hidden)
        attention = Attention(ScaledDot(encoder.width, encoder.width))
        network = VariationalRecurrentAutoencoder(
            embedding,
            encoder,
            Variational(attention, d_value=encoder.width, d_context=self.d_context),
            decoder,
            Likelihood(decoder.width, n_channels, kind=self.likelihood, least_scale=self.least_scale),
            d_code=self.d_code,
            noise=self.noise,
            weight=Annealed(self.weight, n_updates=self.annealing),
            context_weight=self.context_weight,
        )
        keras_weights_(network)  # open forget gates: from the first update on, a code can come from far back
        return network
