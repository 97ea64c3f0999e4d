"""How good the predictions are, as frozen values."""

from __future__ import annotations

from attime.evaluate.classification import ClassificationReport, classification_report

__all__ = ["ClassificationReport", "classification_report"]
