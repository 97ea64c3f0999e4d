"""Packages of the extra `onnx`, or the one line that says how to get them."""

from __future__ import annotations

from typing import Any

from attime.extras import imported


def needed(package: str) -> Any:
    """Return a package of the extra.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    return imported(package, who="ONNX needs", extra="onnx")
