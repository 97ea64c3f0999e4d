"""Classification by looking up: every step chooses entries of fixed dictionaries, and each entry speaks for classes."""

from __future__ import annotations

from attime.nn.dictionary.asked import Asked
from attime.nn.dictionary.classifier import DictionaryClassifier
from attime.nn.dictionary.codebook import Codebook, Levels, Winners
from attime.nn.dictionary.families import FAMILIES, Sizes
from attime.nn.dictionary.family import Family
from attime.nn.dictionary.pairs import Pairs
from attime.nn.dictionary.views import VIEWS

__all__ = [
    "FAMILIES",
    "VIEWS",
    "Asked",
    "Codebook",
    "DictionaryClassifier",
    "Family",
    "Levels",
    "Pairs",
    "Sizes",
    "Winners",
]
