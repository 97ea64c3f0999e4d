"""Networks: embeddings, encoders and poolings, and the descriptions that put them together."""

from __future__ import annotations

from attime.nn.classifier import SeriesClassifier
from attime.nn.networks import Convolutional, Network, Recurrent, Transformer
from attime.nn.output import Output

__all__ = ["Convolutional", "Network", "Output", "Recurrent", "SeriesClassifier", "Transformer"]
