"""Series as they come in: read, generated, scaled and split, with what is missing marked as such."""

from __future__ import annotations

from attime.data.config import SineConfig
from attime.data.planted import PLANTED, make_planted
from attime.data.read import read
from attime.data.scaling import TrainingScale, scale_by_case
from attime.data.series import SeriesSet
from attime.data.shards import Shards, shards
from attime.data.sine import make_sine
from attime.data.split import Split, split
from attime.data.write import write

__all__ = [
    "PLANTED",
    "SeriesSet",
    "Shards",
    "SineConfig",
    "Split",
    "TrainingScale",
    "make_planted",
    "make_sine",
    "read",
    "scale_by_case",
    "shards",
    "split",
    "write",
]
