"""Reference attention: a window asks the windows of the training part, and the distance to the nearest is its score."""

from __future__ import annotations

from attime.nn.reference.attention import Attending, ReferenceAttention
from attime.nn.reference.coreset import farthest_first
from attime.nn.reference.distance import squared_distances
from attime.nn.reference.views import CENTRED, VIEWS, View

__all__ = ["CENTRED", "VIEWS", "Attending", "ReferenceAttention", "View", "farthest_first", "squared_distances"]
