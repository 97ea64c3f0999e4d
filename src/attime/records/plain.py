"""What a record says as JSON knows it, and as every keeper can write it down."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Return values that JSON knows: what is no number becomes null, what is none of its kinds becomes text.

    Examples
    --------
    >>> plain({"loss": np.float32(0.5), "worst": float("nan"), "which": {1}})
    {'loss': 0.5, 'worst': None, 'which': '{1}'}
    """
    value = unboxed(value)
    if isinstance(value, dict):
        return {writable(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if isinstance(value, int | bool | None) else writable(str(value))


def unboxed(value: Any) -> Any:
    """Return a number or truth value of numpy as Python's, and anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def writable(text: str) -> str:
    r"""Return text that UTF-8 can hold: bytes of a file's name that are no text are written as such.

    Examples
    --------
    >>> print(writable("\udcff.csv"))
    \udcff.csv
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
