"""Numbers as text: single cells, and many between commas as fast as numpy reads them, without its surprises."""

from __future__ import annotations

import warnings

import numpy as np
from jaxtyping import Float64

from attime.data.arrays import LARGEST

#: What stands in a cell of numbers when nothing was measured.
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None")

#: Words that count as numbers.
TRUTH = {"True": 1.0, "TRUE": 1.0, "true": 1.0, "False": 0.0, "FALSE": 0.0, "false": 0.0}


def number_in(cell: str) -> float | None:
    """Return the number in a cell, None if it is none that can be used.

    Examples
    --------
    >>> number_in("1.5"), number_in("one"), number_in("inf"), number_in("1_000")
    (1.5, None, None, None)
    """
    if cell in TRUTH:
        return TRUTH[cell]
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) <= LARGEST and "_" not in cell else None


def numbers_between_commas(text: str) -> Float64[np.ndarray, " number"] | None:
    """Return the numbers in a text without blanks; None if something is anything but a usable number or nan.

    Examples
    --------
    >>> numbers_between_commas("1.5,nan,-2e3")
    array([ 1.5e+00,      nan, -2.0e+03])
    >>> numbers_between_commas("1.5,,2") is None
    True
    """
    if "(" in text or text.split() != [text]:  # numpy takes nan(1) for nan, and a blank for -1
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # so older versions of numpy tell what they cannot read
            numbers = np.fromstring(text, sep=",")
    except (ValueError, DeprecationWarning):
        return None
    usable = len(numbers) == text.count(",") + 1 and not (np.abs(numbers) > LARGEST).any()
    return numbers if usable else None
