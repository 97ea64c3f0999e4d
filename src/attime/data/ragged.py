"""Channels written out as lists of numbers, of any length: one array of cases, channels and time steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attime.data.arrays import LARGEST
from attime.data.cells import MISSING, number_in, numbers_between_commas
from attime.data.limits import refuse_padding
from attime.data.text import TextFile, shown
from attime.errors import DataError

#: What stands for a value that was not measured.
UNKNOWN = ("?", *(word for word in MISSING if word))


@dataclass(frozen=True)
class Case:
    """The line on which a case stands, and the text of each of its channels: numbers between commas."""

    line: int
    channels: Sequence[str]


def read_cases(file: TextFile, cases: Sequence[Case]) -> Float64[np.ndarray, "case channel time"]:
    """Return the numbers of all cases, shorter channels filled up with NaN at the end.

    An empty channel is missing altogether.

    Raises
    ------
    DataError
        If a case holds no value, or anything but finite numbers and what stands for missing ones; the message names the
        line.
    """
    rows = [case_numbers(file, case) for case in cases]
    lengths = np.array([_lengths(case) for case in cases])
    shape = (len(cases), len(cases[0].channels), int(lengths.max()))
    refuse_padding(file.path, int(lengths.sum()), shape)
    values = np.full(shape, np.nan)
    values[np.arange(shape[2]) < lengths[:, :, np.newaxis]] = np.concatenate(rows)
    refuse_empty_cases(file, cases, values)
    return values


def refuse_uneven_cases(file: TextFile, cases: Sequence[Case]) -> None:
    """Raise a DataError if there are no cases, or they differ in the number of channels."""
    if not cases:
        raise DataError(f"{file.path}: no case follows the header, expected at least one; check how it was written")
    expected = len(cases[0].channels)
    for case in cases:
        if len(case.channels) != expected:
            raise file.error(
                case.line, f"channels arrived: {len(case.channels)}, expected {expected} as in line {cases[0].line}; "
                "correct the line"
            )  # fmt: skip


def refuse_empty_cases(file: TextFile, cases: Sequence[Case], values: Float64[np.ndarray, "case channel time"]) -> None:
    """Raise a DataError that names the line if nothing was measured in a case."""
    nothing = np.isnan(values).all(axis=(1, 2))
    if nothing.any():
        line = cases[nothing.argmax()].line
        raise file.error(line, "no value was measured in this case, expected one; remove the line")


def split_fields(text: str) -> list[str]:
    """Return what stands between the commas, without the blanks around it."""
    return [field.strip() for field in text.split(",")]


def case_numbers(file: TextFile, case: Case) -> Float64[np.ndarray, " number"]:
    """Return the numbers of all channels of a case, one after the other.

    Raises
    ------
    DataError
        If something is none; the message names the line, the channel and the step.
    """
    text = ",".join(filter(None, case.channels)).replace("?", "nan")
    if not text:
        return np.empty(0)
    if text.split() != [text]:
        text = ",".join(split_fields(text))
    numbers = numbers_between_commas(text)
    return _careful(file, case) if numbers is None else numbers


def _careful(file: TextFile, case: Case) -> Float64[np.ndarray, " number"]:
    """Read field by field, to name the one at fault, or to read what numpy cannot."""
    return np.array(
        [
            _number_at(file, case.line, f"channel {number}, step {step}", field)
            for number, channel in enumerate(case.channels)
            if channel
            for step, field in enumerate(split_fields(channel))
        ]
    )


def _number_at(file: TextFile, line: int, place: str, field: str) -> float:
    """Return the number in a field, NaN for an unknown one.

    Raises
    ------
    DataError
        If it is none; the message names the line and the `place` in it.
    """
    number = math.nan if field in UNKNOWN else number_in(field)
    if number is None:
        raise file.error(
            line,
            f"{place} (counting from 0): {shown(field)} arrived, expected a finite number of at most {LARGEST:.3g} "
            "in size; correct it, or write ? if nothing was measured",
        )
    return number


def _lengths(case: Case) -> list[int]:
    return [channel.count(",") + 1 if channel else 0 for channel in case.channels]
