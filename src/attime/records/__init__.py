"""Records of runs: what was asked for, what happened on the way, and what came of it."""

from __future__ import annotations

from attime.records.comparison import Comparison, compare_runs
from attime.records.folder import Folder, Run, read_run
from attime.records.manifest import FileFacts, Manifest
from attime.records.mlflow import Mlflow
from attime.records.recording import Event, Keeper, recording
from attime.records.tensorboard import Tensorboard

__all__ = [
    "Comparison",
    "Event",
    "FileFacts",
    "Folder",
    "Keeper",
    "Manifest",
    "Mlflow",
    "Run",
    "Tensorboard",
    "compare_runs",
    "read_run",
    "recording",
]
