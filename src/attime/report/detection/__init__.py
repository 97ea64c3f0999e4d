"""One self-contained HTML page about what a detector found: scores, events, and what would have been normal."""

from __future__ import annotations

from attime.report.detection.collect import collect_detection, measured_by
from attime.report.detection.data import DetectionReportData
from attime.report.detection.page import detection_page_of
from attime.report.detection.write import write_detection_report

__all__ = ["DetectionReportData", "collect_detection", "detection_page_of", "measured_by", "write_detection_report"]
