"""The description of a transformer of features that forecasts."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from attime.attention import Learned
from attime.nn.forecasting.variates import VariateForecast
from attime.nn.networks.forecasting.network import Forecaster
from attime.nn.networks.layers import transformer_layers
from attime.nn.transformer import TransformerEncoder
from attime.options import Count, Share


@dataclass
class VariateForecaster(Forecaster):
    """Layers of self-attention among features, each of them one token; it reads look-backs of one length.

    Parameters
    ----------
    d_model
        Features of a token.
    n_heads
        Heads of each attention; must divide `d_model`.
    n_layers
        Number of layers.
    dropout
        Share of what each layer adds that is left out, at random in training.
    score, weigh
        The attention of the layers: names in ``attime.attention.SCORES`` and ``WEIGHINGS``.
    centre, spread
        How windows are scaled: see `Forecaster`.

    Examples
    --------
    >>> network = VariateForecaster(n_layers=3).build(look_back=96, horizon=24, n_features=7).network
    >>> len(network.encoder.layers)
    3
    """

    d_model: Count = 64
    n_heads: Count = 4
    n_layers: Count = 2
    dropout: Share = 0.1
    score: str = "scaled_dot"
    weigh: str = "softmax"

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> nn.Module:
        """Return what `build` builds, less the scaling.

        Raises
        ------
        OptionError
            If `n_heads` does not divide `d_model`, or a name is not known.
        """
        layers = transformer_layers(
            self.n_layers,
            d_model=self.d_model,
            n_heads=self.n_heads,
            dropout=self.dropout,
            score=self.score,
            weigh=self.weigh,
            n_tokens=n_features,
        )
        encoder = TransformerEncoder(
            2 * look_back + (horizon if n_ahead else 0),
            layers=layers,
            position=Learned(self.d_model, n_tokens=n_features),
            d_model=self.d_model,
        )
        return VariateForecast(encoder, horizon=horizon, n_ahead=n_ahead)
