"""Descriptions of whole networks: small dataclasses that say what to build."""

from __future__ import annotations

from attime.nn.networks.by_name import POOLINGS
from attime.nn.networks.convolutional import Convolutional
from attime.nn.networks.dictionary import Dictionary
from attime.nn.networks.encoder_decoder import EncoderDecoder
from attime.nn.networks.mixture import Mixture
from attime.nn.networks.network import Network
from attime.nn.networks.recurrent import Recurrent
from attime.nn.networks.transformer import Transformer

__all__ = [
    "POOLINGS",
    "Convolutional",
    "Dictionary",
    "EncoderDecoder",
    "Mixture",
    "Network",
    "Recurrent",
    "Transformer",
]
