"""The leak check: does a table of forecasting data hold features or rows that know the future?"""

from __future__ import annotations

from attime.measures.leaks.check import CHECKS, leak_check
from attime.measures.leaks.finding import REMEDIES, Finding
from attime.measures.leaks.report import LeakReport

__all__ = ["CHECKS", "REMEDIES", "Finding", "LeakReport", "leak_check"]
