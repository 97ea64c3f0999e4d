"""Files that are larger than memory, or many: a sequence of pieces, each a set of series that is read by itself."""

from __future__ import annotations

from attime.data.shards.file import Common, ShardFile
from attime.data.shards.gather import ArrayFile, Survey, gathered
from attime.data.shards.pieces import Shards, shards

__all__ = ["ArrayFile", "Common", "ShardFile", "Shards", "Survey", "gathered", "shards"]
