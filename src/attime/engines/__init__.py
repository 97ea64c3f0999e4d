"""The same work done elsewhere: piece by piece in this process, or spread over many machines."""

from __future__ import annotations

from attime.engines.local import Outcome
from attime.engines.pieces import Work, predicted_pieces
from attime.engines.predict import ENGINES, check_place, predict_files, predicted_rows
from attime.engines.ray_cluster import cluster
from attime.engines.ray_together import fit_together
from attime.engines.ray_tune import at_once
from attime.engines.table import predict_table, refuse_other_classes

__all__ = [
    "ENGINES", "Outcome", "Work", "at_once", "check_place", "cluster", "fit_together", "predict_files",
    "predict_table", "predicted_pieces", "predicted_rows", "refuse_other_classes",
]  # fmt: skip
