"""What a detector goes by: whether it names the right steps and channels, its codes, and its attention."""

from __future__ import annotations

from attime.explain.detection.codes import Codes, codes
from attime.explain.detection.locating import Located, locate
from attime.explain.detection.looking import Look, look

__all__ = ["Codes", "Located", "Look", "codes", "locate", "look"]
