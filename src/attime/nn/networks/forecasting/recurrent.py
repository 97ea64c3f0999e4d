"""The description of a recurrent network that forecasts from its last state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

from attime.names import pick
from attime.nn.embedding import Embedding, Values
from attime.nn.forecasting.recurrent import CELLS, RecurrentForecast
from attime.nn.networks.forecasting.network import Forecaster
from attime.options import Count


@dataclass
class RecurrentForecaster(Forecaster):
    """A recurrent network over the past, and all steps ahead from its last state, without attention.

    Parameters
    ----------
    hidden
        Units of a layer.
    cell
        ``"rnn"`` (tanh), ``"gru"`` or ``"lstm"``.
    layers
        Number of stacked layers.
    centre, spread
        How windows are scaled: see `Forecaster`.

    Examples
    --------
    >>> network = RecurrentForecaster(cell="rnn", centre="none", spread=False).build(
    ...     look_back=10, horizon=5, n_features=1
    ... )
    >>> type(network.rnn).__name__
    'RNN'
    """

    hidden: Count = 32
    cell: Literal["rnn", "gru", "lstm"] = "lstm"
    layers: Count = 1

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> nn.Module:
        """Return what `build` builds, less the scaling."""
        embedding = Embedding([Values()], n_channels=n_features, show_mask=True)
        rnn = pick(CELLS, self.cell, what="cell")(embedding.n_features, self.hidden, self.layers, batch_first=True)
        return RecurrentForecast(embedding, rnn, horizon=horizon, n_ahead=n_ahead)
