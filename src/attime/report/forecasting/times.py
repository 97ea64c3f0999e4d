"""Time stamps as the page writes them: no finer than they are."""

from __future__ import annotations

import numpy as np
from jaxtyping import Shaped


def times_in_words(stamps: Shaped[np.ndarray, " time"]) -> tuple[str, ...]:
    """Return dates without what all have in common: seconds or hours that are zero; numbers as they are.

    Examples
    --------
    >>> times_in_words(np.array(["2024-01-01T06:00", "2024-01-02"], dtype="datetime64[ns]"))
    ('2024-01-01 06:00', '2024-01-02 00:00')
    >>> times_in_words(np.array(["2024-01-01", "NaT"], dtype="datetime64[ns]"))
    ('2024-01-01', '')
    >>> times_in_words(np.array([1.0, 2.5, np.nan]))
    ('1', '2.5', '')
    """
    if stamps.dtype.kind != "M":
        return tuple("" if number != number else f"{number:.10g}" for number in stamps.tolist())
    known = stamps[~np.isnat(stamps)]
    unit = next((unit for unit in ("D", "m", "s") if (known == known.astype(f"datetime64[{unit}]")).all()), "ms")
    words = stamps.astype(f"datetime64[{unit}]").astype(str)
    return tuple("" if word == "NaT" else word.replace("T", " ") for word in words.tolist())
