"""The networks by name: small descriptions that say what to build, and build it once the data are known.

A description is a plain dataclass. It can be printed, compared, written to JSON, and searched over by
``GridSearchCV`` through ``network__width`` and the like.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from attime.attention import (
    POSITIONS,
    SCOPES,
    SCORES,
    WEIGHINGS,
    Attention,
    Capped,
    Gate,
    MultiHead,
    Score,
    Weighing,
)
from attime.errors import OptionError
from attime.names import pick
from attime.nn.classifier import SeriesClassifier
from attime.nn.convolution import ConvolutionEncoder
from attime.nn.embedding import Values, ValuesAndDifferences
from attime.nn.initial import INITIAL
from attime.nn.pooling import ClassScores, EqualWeights, Pooling, QueryWeights, SigmoidScore
from attime.nn.recurrent import CELLS, RecurrentEncoder
from attime.nn.transformer import TransformerEncoder, TransformerLayer
from attime.options import Count, Options, Share

POOLINGS: dict[str, Callable[[Score, Weighing], nn.Module]] = {
    "mean": lambda score, weigh: EqualWeights(),
    "attention": lambda score, weigh: QueryWeights(Attention(score, weigh=weigh)),
    "capped_attention": lambda score, weigh: QueryWeights(Attention(Capped(score), weigh=weigh)),
    "conjunctive": lambda score, weigh: QueryWeights(Attention(score, weigh=Gate())),
}


class Network(Options):
    """What all descriptions of networks share.

    Attributes
    ----------
    knows_times
        Whether it makes a difference to the network when steps were measured, not only in which order.
    """

    knows_times: ClassVar[bool] = False

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
        ``"conjunctive"`` (a gate at each step, whatever `weigh` says) or ``"mean"``.
    score
        How a step answers the pooling's query: a name in ``attime.attention.SCORES``.
    weigh
        How its energies become weights: a name in ``attime.attention.WEIGHINGS``.
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
    weigh: str = "softmax"
    differences: bool = True
    dropout: Share = 0.1

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`."""
        embedding = (ValuesAndDifferences if self.differences else Values)(n_channels, show_mask=gaps)
        stride = self.stride or _stride_for(n_steps)
        encoder = ConvolutionEncoder(
            embedding.n_features,
            width=self.width,
            stride=stride,
            kernel=self.kernel,
            dilations=self.dilations,
        )
        weights = _pooling_weights(
            self.pooling, self.score, self.weigh, width=self.width, n_tokens=-(-n_steps // stride)
        )
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
        embedding = Values(n_channels, show_mask=gaps)
        encoder = RecurrentEncoder(
            embedding.n_features,
            hidden=self.hidden,
            cell=pick(CELLS, self.cell, what="cell"),
            layers=self.layers,
            bidirectional=self.bidirectional,
        )
        width = encoder.width
        weights = _pooling_weights(self.pooling, self.score, self.weigh, width=width, n_tokens=n_steps)
        class_scores = SigmoidScore(width) if self.sigmoid and n_classes == 2 else ClassScores(width, n_classes)
        network = SeriesClassifier(embedding, encoder, Pooling(class_scores, weights))
        pick(INITIAL, self.initial, what="initial")(network)
        return network


@dataclass
class Transformer(Network):
    """A transformer encoder over points or patches, with a pooling that gives evidence.

    Parameters
    ----------
    d_model
        Features of a token.
    n_heads
        Heads of each layer; must divide `d_model`.
    n_layers
        Number of layers.
    d_hidden
        Hidden units after each attention; twice `d_model` if not given.
    patch
        Steps that make one token, 1 for points; if not given, as many as leave about 50 tokens or more: 1, 2, 4 or 8.
    position
        How layers are told where tokens stand: a name in ``attime.attention.POSITIONS``.
    score, weigh, scope
        The attention of the layers: names in ``attime.attention.SCORES``, ``WEIGHINGS`` and ``SCOPES``.
    window
        Tokens to either side that a local scope reaches.
    pooling
        As in `Convolutional`, with an additive score.
    differences
        Let the network see first differences beside the values.
    dropout
        Share of what each layer adds that is left out, at random in training.

    Examples
    --------
    >>> module = Transformer(d_model=32, n_heads=2).build(n_channels=1, n_classes=2, n_steps=500)
    >>> module.encoder.stride, len(module.encoder.layers)
    (8, 2)
    """

    d_model: Count = 64
    n_heads: Count = 4
    n_layers: Count = 2
    d_hidden: Count | None = None
    patch: Count | None = None
    position: str = "sinusoidal"
    score: str = "scaled_dot"
    weigh: str = "softmax"
    scope: str = "global"
    window: Count = 10
    pooling: str = "capped_attention"
    differences: bool = True
    dropout: Share = 0.1

    knows_times: ClassVar[bool] = True

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`.

        Raises
        ------
        OptionError
            If `n_heads` does not divide `d_model`, a local scope has a window larger than the series, or a name is not
            known.
        """
        embedding = (ValuesAndDifferences if self.differences else Values)(n_channels, show_mask=gaps)
        patch = self.patch or _stride_for(n_steps)
        n_tokens = -(-n_steps // patch)
        position = pick(POSITIONS, self.position, what="position")
        encoder = TransformerEncoder(
            embedding.n_features,
            layers=[self._layer(n_tokens) for _ in range(self.n_layers)],
            position=position.sized(d_model=self.d_model, n_heads=self.n_heads, n_tokens=n_tokens),
            d_model=self.d_model,
            patch=patch,
        )
        weights = _pooling_weights(self.pooling, "additive", "softmax", width=self.d_model, n_tokens=n_tokens)
        return SeriesClassifier(embedding, encoder, Pooling(ClassScores(self.d_model, n_classes), weights))

    def _layer(self, n_tokens: int) -> TransformerLayer:
        if self.d_model % self.n_heads:
            raise OptionError(
                f"d_model {self.d_model} does not divide by n_heads {self.n_heads}; choose a divisor of {self.d_model}"
            )
        d_head = self.d_model // self.n_heads
        attention = Attention(
            pick(SCORES, self.score, what="score").sized(d_query=d_head, d_key=d_head, n_keys=n_tokens),
            weigh=pick(WEIGHINGS, self.weigh, what="weigh")(),
            scope=pick(SCOPES, self.scope, what="scope").sized(d_query=d_head, window=self.window),
        )
        return TransformerLayer(
            MultiHead(attention, d_model=self.d_model, n_heads=self.n_heads),
            d_model=self.d_model,
            d_hidden=self.d_hidden or 2 * self.d_model,
            dropout=self.dropout,
        )


def _pooling_weights(pooling: str, score: str, weigh: str, *, width: int, n_tokens: int) -> nn.Module:
    return pick(POOLINGS, pooling, what="pooling")(
        pick(SCORES, score, what="score").sized(d_query=width, d_key=width, n_keys=n_tokens),
        pick(WEIGHINGS, weigh, what="weigh")(),
    )


def _stride_for(n_steps: int) -> int:
    return next((stride for stride in (8, 4, 2) if n_steps / stride >= 50), 1)
