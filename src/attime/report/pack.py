"""Many numbers in little text: two bytes each, as base64, with a scale for every row.

A step is told apart from its neighbour by 1/65,000 of its row's range, which no screen shows; as decimal numbers the
same would take three times the room.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

MISSING = -32768
LARGEST = 32767


@dataclass(frozen=True)
class Packed:
    """Packed numbers: value = offset[row] + unit[row] · whole number, and NaN where that is MISSING."""

    shape: list[int]
    offset: list[float]
    unit: list[float]
    base64: str


def pack(values: Float[np.ndarray, row * rest], *, around_zero: bool = False) -> Packed:
    """Pack an array; every entry of its first axis is a row with a scale of its own.

    Parameters
    ----------
    values
        What to pack; NaN means missing.
    around_zero
        Keep zeros exactly zero, as signed evidence needs it. Without it the range from lowest to highest is used.

    Examples
    --------
    >>> packed = pack(np.array([[0.0, 0.5, 1.0], [np.nan, 7.0, 7.0]]))
    >>> packed.offset, unpack(packed).round(3).tolist()
    ([0.5, 7.0], [[0.0, 0.5, 1.0], [nan, 7.0, 7.0]])
    """
    rows = np.asarray(values, dtype=np.float64).reshape(len(values), -1)
    seen = ~np.isnan(rows)
    low = np.where(seen, rows, np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, rows, -np.inf).max(axis=1, initial=-np.inf)
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, 0.0)
    offset = np.zeros(len(rows)) if around_zero else low / 2 + high / 2
    reach = np.maximum(high - offset, offset - low)
    unit = np.where(reach > 0, reach / LARGEST, 1.0)
    whole = np.rint((np.where(seen, rows, offset[:, None]) - offset[:, None]) / unit[:, None])
    numbers = np.where(seen, whole, MISSING).astype("<i2")
    return Packed(
        shape=list(values.shape),
        offset=offset.tolist(),
        unit=unit.tolist(),
        base64=base64.b64encode(numbers.tobytes()).decode("ascii"),
    )


def unpack(packed: Packed) -> Float[np.ndarray, row * rest]:
    """Return what was packed, as the page does it.

    Examples
    --------
    >>> unpack(pack(np.array([[-2.0, 0.0, 1.0]]), around_zero=True)).round(3)
    array([[-2.,  0.,  1.]])
    """
    numbers = np.frombuffer(base64.b64decode(packed.base64), dtype="<i2").reshape(len(packed.unit), -1)
    values = np.array(packed.offset)[:, None] + np.array(packed.unit)[:, None] * numbers
    return np.where(numbers == MISSING, np.nan, values).reshape(packed.shape)
