"""Attime's estimators in the manners of other libraries, a module for each; none is loaded before it is imported."""

from __future__ import annotations

__all__: list[str] = []
