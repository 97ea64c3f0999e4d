"""Networks: embeddings, encoders and poolings, and the descriptions that put them together."""

from __future__ import annotations

from attime.nn.classifier import SeriesClassifier
from attime.nn.decoding import Written, beam, greedy
from attime.nn.dictionary import DictionaryClassifier
from attime.nn.ensemble import Ensemble
from attime.nn.networks import Convolutional, Dictionary, EncoderDecoder, Mixture, Network, Recurrent, Transformer
from attime.nn.output import Output
from attime.nn.sequence_to_sequence import SequenceToSequence
from attime.nn.static import WithStatic

__all__ = [
    "Convolutional",
    "Dictionary",
    "DictionaryClassifier",
    "EncoderDecoder",
    "Ensemble",
    "Mixture",
    "Network",
    "Output",
    "Recurrent",
    "SequenceToSequence",
    "SeriesClassifier",
    "Transformer",
    "WithStatic",
    "Written",
    "beam",
    "greedy",
]
