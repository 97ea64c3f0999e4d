"""Numbers that callers pass: what they should be, or answered with one clear error where nobody checks types."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np
from jaxtyping import Float

from attime.errors import OptionError


def whole(name: str, value: object) -> int:
    """Return a whole number of at least 1.

    Raises
    ------
    OptionError
        If it is anything else.

    Examples
    --------
    >>> whole("n_random", 1.5)
    Traceback (most recent call last):
    attime.errors.OptionError: n_random=1.5 arrived, expected a whole number; give 1 or more
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise OptionError(f"{name}={value!r} arrived, expected a whole number; give 1 or more")
    return int(value)


def number(
    name: str, value: object, *, low: float = -math.inf, high: float = math.inf, above_low: bool = False
) -> float:
    """Return a number from `low` to `high`, or above `low` if it may not be reached.

    Raises
    ------
    OptionError
        If it is anything else, infinite or no number.

    Examples
    --------
    >>> number("radius", "a", low=0, above_low=True)
    Traceback (most recent call last):
    attime.errors.OptionError: radius='a' arrived, expected a number above 0; give one
    """
    if (
        not isinstance(value, Real)
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not low <= float(value) <= high
        or (above_low and float(value) == low)
    ):
        start = f" {'above' if above_low else 'from'} {low:g}" if math.isfinite(low) else ""
        end = f" {'and ' if above_low else ''}up to {high:g}" if math.isfinite(high) else ""
        raise OptionError(f"{name}={value!r} arrived, expected a number{start}{end}; give one")
    return float(value)


def several(name: str, values: object) -> Float[np.ndarray, " number"]:
    """Return several numbers in a row.

    Raises
    ------
    OptionError
        If they are anything else.

    Examples
    --------
    >>> several("shares", (0.1, "half"))
    Traceback (most recent call last):
    attime.errors.OptionError: shares=(0.1, 'half') arrived, expected several numbers; give such as (0.1, 0.2)
    """
    try:
        return np.asarray(values, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{name}={values!r} arrived, expected several numbers; give such as (0.1, 0.2)") from error
