"""Series to be forecast: a panel of them, on the grid of their times."""

from __future__ import annotations

from attime.data.forecasting.calendar import CYCLES, calendar_features
from attime.data.forecasting.columns import Roles
from attime.data.forecasting.frequency import Frequency, frequency_of
from attime.data.forecasting.inference import infer_frequency
from attime.data.forecasting.panel import Panel
from attime.data.forecasting.read import read_frame
from attime.data.forecasting.record import Record
from attime.data.forecasting.rows import with_times
from attime.data.forecasting.table import USUAL, SeriesTable, read_table
from attime.data.forecasting.zones import in_zone

__all__ = [
    "CYCLES",
    "USUAL",
    "Frequency",
    "Panel",
    "Record",
    "Roles",
    "SeriesTable",
    "calendar_features",
    "frequency_of",
    "in_zone",
    "infer_frequency",
    "read_frame",
    "read_table",
    "with_times",
]
