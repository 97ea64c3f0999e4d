"""Explanations and how far they can be trusted: measures that stand beside the value of a random order."""

from __future__ import annotations

from attime.explain.localisation import Localisation, LocalisationSummary, measure_localisation

__all__ = ["Localisation", "LocalisationSummary", "measure_localisation"]
