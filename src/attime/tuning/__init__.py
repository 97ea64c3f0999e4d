"""The search for better parameters: which are tried, how each trial is judged, and a study that can be interrupted."""

from __future__ import annotations

from attime.tuning.metrics import METRICS, Metric
from attime.tuning.search import Search
from attime.tuning.space import SPACES, Between
from attime.tuning.tune import tune

__all__ = ["METRICS", "SPACES", "Between", "Metric", "Search", "tune"]
