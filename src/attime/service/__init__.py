"""Models behind HTTP: predictions and explanations for whoever asks, and a page to try them.

The service needs the extra ``serve``; without it this room can be imported, and says so when it is used.
"""

from __future__ import annotations

from attime.service.examples import read_examples
from attime.service.limits import Limits
from attime.service.served import Served, read_models
from attime.service.start import make_app, serve

__all__ = ["Limits", "Served", "make_app", "read_examples", "read_models", "serve"]
