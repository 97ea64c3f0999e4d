"""The description of an encoder–decoder that forecasts step by step, with any attention or with none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import nn

from attime.names import pick
from attime.nn.embedding import Embedding, Values
from attime.nn.forecasting.encoder_decoder import EncoderDecoderForecast
from attime.nn.forecasting.recurrent import FromFirst
from attime.nn.networks.by_name import attention
from attime.nn.networks.forecasting.network import Forecaster
from attime.nn.outcomes import Numbers
from attime.nn.recurrent import CELLS, RecurrentEncoder
from attime.nn.sequence_to_sequence import SequenceToSequence
from attime.options import Count


@dataclass
class EncoderDecoderForecaster(Forecaster):
    """A recurrent encoder both ways over the past, and a GRU that writes step after step, looking back at each.

    Parameters
    ----------
    hidden
        Units of the decoder, and of the two directions of the encoder taken together.
    cell
        Of the encoder: ``"gru"`` or ``"lstm"``.
    score
        How the decoder looks back: a name in ``attime.attention.SCORES``; None for no attention, so that all of the
        past must fit into the first state.
    weigh
        A name in ``attime.attention.WEIGHINGS``.
    scope
        ``"global"``, or within a window of the step of the past that a step ahead stands for (``"local_m"``, see
        `EncoderDecoderForecast`) or that is predicted (``"local_p"``).
    window
        Steps to either side that a local scope reaches.
    centre, spread
        How windows are scaled: see `Forecaster`.

    Examples
    --------
    >>> network = EncoderDecoderForecaster(hidden=8, score="dot", centre="none", spread=False).build(
    ...     look_back=20, horizon=5, n_features=1
    ... )
    >>> type(network.model.attention.score).__name__
    'Dot'
    """

    hidden: Count = 32
    cell: Literal["gru", "lstm"] = "gru"
    score: str | None = "additive"
    weigh: str = "softmax"
    scope: Literal["global", "local_m", "local_p"] = "global"
    window: Count = 10

    def network(self, *, look_back: int, horizon: int, n_features: int, n_ahead: int) -> nn.Module:
        """Return what `build` builds, less the scaling."""
        embedding = Embedding([Values()], n_channels=n_features, show_mask=True)
        cell = pick(CELLS, self.cell, what="cell")
        encoder = RecurrentEncoder(self.hidden, hidden=max(1, self.hidden // 2), cell=cell)
        attends = None
        if self.score is not None:
            attends = attention(
                self.score,
                weigh=self.weigh,
                scope=self.scope,
                d_query=self.hidden,
                d_key=encoder.width,
                n_keys=look_back,
                window=self.window,
            )
        model = SequenceToSequence(
            nn.Linear(embedding.n_features, self.hidden),
            FromFirst(encoder),
            Numbers(1, width=self.hidden, n_beside=n_ahead),
            hidden=self.hidden,
            attention=attends,
        )
        return EncoderDecoderForecast(embedding, model, horizon=horizon)
