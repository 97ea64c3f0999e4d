"""The description of a convolutional classifier, the default of attime."""

from __future__ import annotations

from dataclasses import dataclass

from attime.names import pick
from attime.nn.channels import ChannelAttention
from attime.nn.classifier import SeriesClassifier
from attime.nn.convolution import ConvolutionEncoder
from attime.nn.embedding import Differences, Embedding, Unusual, Values, View
from attime.nn.encoder import Encoder
from attime.nn.networks.by_name import pooling_weights
from attime.nn.networks.network import Network, stride_for
from attime.nn.pooling import ClassScores, Pooling
from attime.options import Count, Share

MARKS = 4  # numbers by which an encoder tells channels apart


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
    usual
        Let it see how far each case, on its own scale, is from what is usual at the same step.
    dropout
        Share of features left out of all tokens of a case, at random in training.
    looks
        How often to look at a case, each time with the tokens a little further on: so much finer is the evidence, and
        so much longer takes a prediction.
    channels
        ``"mixed"`` (the first convolution sees all channels at once, and evidence tells steps apart only) or
        ``"attention"`` (each is encoded by itself, then attention chooses among them, step by step: evidence and the
        map ``"channels"`` say which channel mattered; takes as many times longer as there are channels).

    Examples
    --------
    >>> module = Convolutional(width=16).build(n_channels=1, n_classes=2, n_steps=500)
    >>> module.encoder.stride
    8
    """

    width: Count = 32
    stride: Count | None = None
    kernel: Count = 3
    dilations: tuple[Count, ...] = (1, 1, 2, 2, 4, 4)
    pooling: str = "capped_attention"
    score: str = "additive"
    weigh: str = "softmax"
    differences: bool = True
    usual: bool = True
    dropout: Share = 0.1
    looks: Count = 4
    channels: str = "mixed"

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`."""
        views: list[View] = [Values()]
        views += [Differences()] if self.differences else []
        views += [Unusual(n_channels, n_steps)] if self.usual else []
        attends = pick({"mixed": False, "attention": True}, self.channels, what="channels")
        embedding = Embedding(views, n_channels=n_channels, show_mask=gaps or attends)
        stride = self.stride or stride_for(n_steps)
        encoder: Encoder = ConvolutionEncoder(
            embedding.n_features // n_channels + MARKS if attends else embedding.n_features,
            width=self.width,
            stride=stride,
            kernel=self.kernel,
            dilations=self.dilations,
        )
        if attends:
            chosen = pooling_weights(
                self.pooling, score=self.score, weigh=self.weigh, width=self.width, n_tokens=n_channels
            )
            encoder = ChannelAttention(encoder, chosen, n_channels=n_channels, n_marks=MARKS)
        weights = pooling_weights(
            self.pooling, score=self.score, weigh=self.weigh, width=self.width, n_tokens=-(-n_steps // stride)
        )
        pooling = Pooling(ClassScores(self.width, n_classes), weights)
        return SeriesClassifier(embedding, encoder, pooling, dropout=self.dropout, looks=self.looks)
