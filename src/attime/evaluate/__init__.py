"""How good the predictions are, as frozen values."""

from __future__ import annotations

from attime.evaluate.calibration import Calibration, calibration
from attime.evaluate.classification import ClassificationReport, classification_report
from attime.evaluate.regression import RegressionReport, regression_report

__all__ = [
    "Calibration",
    "ClassificationReport",
    "RegressionReport",
    "calibration",
    "classification_report",
    "regression_report",
]
