"""The networks by name: small descriptions that say what to build, and build it once the data are known.

A description is a plain dataclass. It can be printed, compared, written to JSON, and searched over by
``GridSearchCV`` through ``network__width`` and the like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from attime.attention import SCORES, Attention, Capped, Gate, Score
from attime.names import pick
from attime.nn.classifier import SeriesClassifier
from attime.nn.convolution import ConvolutionEncoder
from attime.nn.embedding import Values, ValuesAndDifferences
from attime.nn.initial import INITIAL
from attime.nn.pooling import ClassScores, EqualWeights, Pooling, QueryWeights, SigmoidScore
from attime.nn.recurrent import CELLS, RecurrentEncoder
from attime.options import Count, Options, Share

POOLINGS: dict[str, Callable[[Score], nn.Module]] = {
    "mean": lambda score: EqualWeights(),
    "attention": lambda score: QueryWeights(Attention(score)),
    "capped_attention": lambda score: QueryWeights(Attention(Capped(score))),
    "conjunctive": lambda score: QueryWeights(Attention(score, weigh=Gate())),
}


class Network(Options):
    """What all descriptions of networks share."""

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights.

        Parameters
        ----------
        n_channels, n_classes, n_steps
            Sizes of the series, and the number of classes.
        gaps
            Whether values are missing in the midst of series; the network then sees where.
        """
        raise NotImplementedError


@dataclass
class Convolutional(Network):
    """A convolutional encoder with a pooling that gives evidence; the default of `attime`.

    Parameters
    ----------
    width
        Features of a token.
    stride
        Steps for each token; if not given, as many as leave about 50 tokens or more: 1, 2, 4 or 8.
    kernel
        Tokens that a block looks at.
    dilations
        One block for each entry: the distance in tokens between those it looks at.
    pooling
        ``"attention"`` (steps compete), ``"capped_attention"`` (they compete, but none can win alone),
        ``"conjunctive"`` (a gate at each step) or ``"mean"``.
    score
        How a step answers the pooling's query: a name in ``attime.attention.SCORES``.
    differences
        Let the network see first differences beside the values.
    dropout
        Share of features left out of all tokens of a case, at random in training.

    Examples
    --------
    >>> module = Convolutional(width=16).build(n_channels=1, n_classes=2, n_steps=500)
    >>> module.encoder.stride
    8
    """

    width: Count = 32
    stride: Count | None = None
    kernel: Count = 3
    dilations: tuple[Count, ...] = (1, 2, 4)
    pooling: str = "capped_attention"
    score: str = "additive"
    differences: bool = True
    dropout: Share = 0.1

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`."""
        embedding = (ValuesAndDifferences if self.differences else Values)(n_channels, show_mask=gaps)
        encoder = ConvolutionEncoder(
            embedding.n_features,
            width=self.width,
            stride=self.stride or _stride_for(n_steps),
            kernel=self.kernel,
            dilations=self.dilations,
        )
        weights = pick(POOLINGS, self.pooling, what="pooling")(_score(self.score, self.width))
        pooling = Pooling(ClassScores(self.width, n_classes), weights)
        return SeriesClassifier(embedding, encoder, pooling, dropout=self.dropout)


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
    score
        How a step answers the pooling's query: a name in ``attime.attention.SCORES``.
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
    sigmoid: bool = False
    initial: str = "torch"

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`."""
        embedding = Values(n_channels, show_mask=gaps)
        encoder = RecurrentEncoder(
            embedding.n_features,
            hidden=self.hidden,
            cell=pick(CELLS, self.cell, what="cell"),
            layers=self.layers,
            bidirectional=self.bidirectional,
        )
        width = encoder.width
        weights = pick(POOLINGS, self.pooling, what="pooling")(_score(self.score, width))
        class_scores = SigmoidScore(width) if self.sigmoid and n_classes == 2 else ClassScores(width, n_classes)
        network = SeriesClassifier(embedding, encoder, Pooling(class_scores, weights))
        pick(INITIAL, self.initial, what="initial")(network)
        return network


def _score(name: str, width: int) -> Score:
    return pick(SCORES, name, what="score")(width, width)


def _stride_for(n_steps: int) -> int:
    return next((stride for stride in (8, 4, 2) if n_steps / stride >= 50), 1)
