"""The description of a recurrent classifier."""

from __future__ import annotations

from dataclasses import dataclass

from attime.names import pick
from attime.nn.classifier import SeriesClassifier
from attime.nn.embedding import Embedding, Values
from attime.nn.initial import INITIAL
from attime.nn.networks.by_name import pooling_weights
from attime.nn.networks.network import Network
from attime.nn.pooling import ClassScores, Pooling, SigmoidScore
from attime.nn.recurrent import CELLS, RecurrentEncoder
from attime.options import Count


@dataclass
class Recurrent(Network):
    """A recurrent encoder over every step, with a pooling that gives evidence.

    Parameters
    ----------
    hidden
        Units in each direction.
    cell
        ``"lstm"`` or ``"gru"``.
    layers
        Number of stacked layers.
    bidirectional
        Read the series both ways.
    pooling
        ``"attention"``, ``"capped_attention"``, ``"conjunctive"`` or ``"mean"``, as in `Convolutional`.
    score, weigh
        How a step answers the pooling's query, and how the answers become weights, as in `Convolutional`.
    sigmoid
        With two classes, judge by one sigmoid unit instead of two softmax units.
    initial
        Where the first weights come from: ``"torch"`` or ``"keras"``, each the defaults of that library.

    Examples
    --------
    >>> module = Recurrent(hidden=8).build(n_channels=1, n_classes=3, n_steps=500)
    >>> module.encoder.width
    16
    """

    hidden: Count = 32
    cell: str = "lstm"
    layers: Count = 1
    bidirectional: bool = True
    pooling: str = "attention"
    score: str = "additive"
    weigh: str = "softmax"
    sigmoid: bool = False
    initial: str = "torch"

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`."""
        embedding = Embedding([Values()], n_channels=n_channels, show_mask=gaps)
        encoder = RecurrentEncoder(
            embedding.n_features,
            hidden=self.hidden,
            cell=pick(CELLS, self.cell, what="cell"),
            layers=self.layers,
            bidirectional=self.bidirectional,
        )
        width = encoder.width
        weights = pooling_weights(self.pooling, score=self.score, weigh=self.weigh, width=width, n_tokens=n_steps)
        class_scores = SigmoidScore(width) if self.sigmoid and n_classes == 2 else ClassScores(width, n_classes)
        network = SeriesClassifier(embedding, encoder, Pooling(class_scores, weights))
        pick(INITIAL, self.initial, what="initial")(network)
        return network
