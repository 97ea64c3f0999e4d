"""What matters to forecasts."""

from __future__ import annotations

from attime.explain.forecasting.importance import Importance
from attime.explain.forecasting.measure import importance

__all__ = ["Importance", "importance"]
