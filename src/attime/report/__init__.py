"""One self-contained HTML page about a fitted estimator: what it got right, where it looked, whether to trust that."""

from __future__ import annotations

from attime.report.collect import METHODS, collect
from attime.report.data import ReportData
from attime.report.detection import write_detection_report
from attime.report.forecasting import write_forecast_report
from attime.report.page import page_of
from attime.report.write import write_report

__all__ = [
    "METHODS",
    "ReportData",
    "collect",
    "page_of",
    "write_detection_report",
    "write_forecast_report",
    "write_report",
]
