"""Networks: embeddings, encoders and poolings, and the descriptions that put them together."""

from __future__ import annotations

from attime.nn.classifier import SeriesClassifier
from attime.nn.decoding import Written, beam, greedy
from attime.nn.ensemble import Ensemble
from attime.nn.networks import Convolutional, EncoderDecoder, Network, Recurrent, Transformer
from attime.nn.output import Output
from attime.nn.sequence_to_sequence import SequenceToSequence

__all__ = [
    "Convolutional",
    "EncoderDecoder",
    "Ensemble",
    "Network",
    "Output",
    "Recurrent",
    "SequenceToSequence",
    "SeriesClassifier",
    "Transformer",
    "Written",
    "beam",
    "greedy",
]
