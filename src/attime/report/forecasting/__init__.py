"""One self-contained HTML page about a forecaster: what comes, what it was made from, whether to believe it."""

from __future__ import annotations

from attime.report.forecasting.collect import collect_forecasts
from attime.report.forecasting.data import ForecastReportData
from attime.report.forecasting.page import forecast_page_of
from attime.report.forecasting.write import write_forecast_report

__all__ = ["ForecastReportData", "collect_forecasts", "forecast_page_of", "write_forecast_report"]
