"""The description of a transformer that classifies."""

from __future__ import annotations

from dataclasses import dataclass

from attime.attention import POSITIONS
from attime.names import pick
from attime.nn.classifier import SeriesClassifier
from attime.nn.embedding import Differences, Embedding, Values
from attime.nn.networks.by_name import pooling_weights
from attime.nn.networks.layers import transformer_layers
from attime.nn.networks.network import Network, stride_for
from attime.nn.pooling import ClassScores, Pooling
from attime.nn.transformer import TransformerEncoder
from attime.options import Count, Share


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

    @property
    def knows_times(self) -> bool:
        """Whether there is a position at all."""
        return self.position != "none"

    def build(self, *, n_channels: int, n_classes: int, n_steps: int, gaps: bool = False) -> SeriesClassifier:
        """Return a new network with random weights; see `Network.build`.

        Raises
        ------
        OptionError
            If `n_heads` does not divide `d_model`, a local scope has a window larger than the series, or a name is not
            known.
        """
        views = [Values(), Differences()] if self.differences else [Values()]
        embedding = Embedding(views, n_channels=n_channels, show_mask=gaps)
        patch = self.patch or stride_for(n_steps)
        n_tokens = -(-n_steps // patch)
        position = pick(POSITIONS, self.position, what="position")
        encoder = TransformerEncoder(
            embedding.n_features,
            layers=transformer_layers(
                self.n_layers,
                d_model=self.d_model,
                n_heads=self.n_heads,
                dropout=self.dropout,
                score=self.score,
                weigh=self.weigh,
                n_tokens=n_tokens,
                scope=self.scope,
                window=self.window,
                d_hidden=self.d_hidden,
            ),
            position=position.sized(d_model=self.d_model, n_heads=self.n_heads, n_tokens=n_tokens),
            d_model=self.d_model,
            patch=patch,
        )
        weights = pooling_weights(
            self.pooling, score="additive", weigh="softmax", width=self.d_model, n_tokens=n_tokens
        )
        return SeriesClassifier(embedding, encoder, Pooling(ClassScores(self.d_model, n_classes), weights))
