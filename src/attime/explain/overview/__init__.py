"""Explanations of a whole data set: what they have in common within a class, and which of them are different."""

from __future__ import annotations

from attime.explain.overview.alignment import Aligned, align
from attime.explain.overview.cells import ConfusionCells, confusion_cells
from attime.explain.overview.channels import ChannelImportance, channel_importance
from attime.explain.overview.profile import ClassProfile, relevance_by_class
from attime.explain.overview.typical import TypicalCases, typical_cases

__all__ = [
    "Aligned",
    "ChannelImportance",
    "ClassProfile",
    "ConfusionCells",
    "TypicalCases",
    "align",
    "channel_importance",
    "confusion_cells",
    "relevance_by_class",
    "typical_cases",
]
