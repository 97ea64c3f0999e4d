"""Training: the one loop, its options, and what it reports."""

from __future__ import annotations

from attime.training.cases import Cases
from attime.training.checkpoint import checkpointing
from attime.training.device import device_or_cpu, find_device, seeded
from attime.training.dictionary import fit_dictionary, fit_dictionary_once
from attime.training.history import History
from attime.training.loop import TrainingInterruptedWarning, train
from attime.training.losses import CrossEntropy, HuberLoss, SquaredDifference
from attime.training.objectives import LocalAndComplete, Objective, Plain
from attime.training.options import TrainingOptions
from attime.training.pairs import Pairs, SquaredError, TokenCrossEntropy
from attime.training.processes import is_first, processes
from attime.training.run import run
from attime.training.slot import CheckpointWarning, standing_of
from attime.training.temperature import fit_temperature
from attime.training.windows import Windows

__all__ = [
    "Cases",
    "CheckpointWarning",
    "CrossEntropy",
    "History",
    "HuberLoss",
    "LocalAndComplete",
    "Objective",
    "Pairs",
    "Plain",
    "SquaredDifference",
    "SquaredError",
    "TokenCrossEntropy",
    "TrainingInterruptedWarning",
    "TrainingOptions",
    "Windows",
    "checkpointing",
    "device_or_cpu",
    "find_device",
    "fit_dictionary",
    "fit_dictionary_once",
    "fit_temperature",
    "is_first",
    "processes",
    "run",
    "seeded",
    "standing_of",
    "train",
]
