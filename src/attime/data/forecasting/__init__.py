"""Series to be forecast: a panel of them, on the grid of their times."""

from __future__ import annotations

from attime.data.forecasting.columns import Roles
from attime.data.forecasting.frequency import Frequency, frequency_of, infer_frequency
from attime.data.forecasting.panel import Panel, Record

__all__ = ["Frequency", "Panel", "Record", "Roles", "frequency_of", "infer_frequency"]
