"""Values that stand with their times, ``(0,1.5),(3,2)``: one array for all, and the times where they are uneven."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Float, Float64, Int, Shaped

from attime.data.limits import refuse_padding
from attime.data.ragged import Case, case_numbers, refuse_empty_cases
from attime.data.text import TextFile
from attime.data.times import times_of, uneven_times
from attime.errors import DataError

PAIR = re.compile(r"\(([^()]*)\)")

#: Stands for a colon between brackets, as in 12:00, while channels are told apart by colons.
HIDDEN = "\0"


@dataclass(frozen=True, eq=False)
class Stamped:
    """Values, and when they were measured where that is not at equal distances."""

    values: Float64[np.ndarray, "case channel time"]
    times: Float[np.ndarray, "case time"] | None


@dataclass(frozen=True, eq=False)
class _Rows:
    """All measurements of a file below each other."""

    cases: Int[np.ndarray, " row"]
    channels: Int[np.ndarray, " row"]
    times: Shaped[np.ndarray, " row"]
    numbers: Float64[np.ndarray, " row"]


def stamped_channels(text: str) -> list[str]:
    """Split a case at the colons that stand outside of brackets, and hide those within.

    Examples
    --------
    >>> [channel.replace(HIDDEN, ".") for channel in stamped_channels("(12:00,1),(13:00,?):(12:00,2)")]
    ['(12.00,1),(13.00,?)', '(12.00,2)']
    """
    return PAIR.sub(lambda pair: pair.group().replace(":", HIDDEN), text).split(":")


def read_stamped(file: TextFile, cases: Sequence[Case], *, keep_times: bool = False, alone: bool = False) -> Stamped:
    """Bring the channels of every case onto its times; a channel that was not measured at one of them is missing there.

    With `keep_times` times are kept also where they are at equal distances; with `alone` a date has to be clear by
    itself.

    Raises
    ------
    DataError
        If something is neither time nor number, or a time comes twice in a channel; the message names the line.
    """
    rows = _rows(file, cases, alone)
    order = np.lexsort((rows.channels, rows.times, rows.cases))
    same_case = np.diff(rows.cases[order]) == 0
    same_time = same_case & (np.diff(rows.times[order]) == 0)
    twice = same_time & (np.diff(rows.channels[order]) == 0)
    if twice.any():
        case = cases[rows.cases[order[1:][twice].min()]]
        raise file.error(case.line, "the same time arrived twice in a channel, expected it once; remove one pair")
    counted = np.concatenate(([0], np.cumsum(~same_time)))
    first = np.concatenate(([True], ~same_case))
    steps = np.empty(len(order), dtype=np.intp)
    steps[order] = counted - np.maximum.accumulate(np.where(first, counted, 0))

    shape = (len(cases), len(cases[0].channels), int(steps.max()) + 1)
    refuse_padding(file.path, len(order), shape)
    values = np.full(shape, np.nan)
    values[rows.cases, rows.channels, steps] = rows.numbers
    refuse_empty_cases(file, cases, values)
    return Stamped(values, uneven_times(rows.times, rows.cases, steps, keep=keep_times))


def _rows(file: TextFile, cases: Sequence[Case], alone: bool) -> _Rows:
    """Take the brackets apart."""
    times: list[str] = []
    numbers, channels, counts = [], [], []
    for case in cases:
        pairs = [_pairs(file, case.line, channel) for channel in case.channels]
        times += [time.strip().replace(HIDDEN, ":") for channel in pairs for time, _ in channel]
        plain = Case(case.line, [",".join(number for _, number in channel) for channel in pairs])
        numbers.append(case_numbers(file, plain))
        channels.append(np.repeat(np.arange(len(pairs)), [len(channel) for channel in pairs]))
        counts.append(len(channels[-1]))
    if not times:
        raise file.error(cases[0].line, "no value was measured in this case, expected (time,value) pairs")
    rows = np.repeat(np.arange(len(cases)), counts)
    row_times = times_of(times, partial(_error, file, cases, rows), alone=alone)
    return _Rows(rows, np.concatenate(channels), row_times, np.concatenate(numbers))


def _pairs(file: TextFile, line: int, channel: str) -> list[tuple[str, str]]:
    pairs = [pair.rpartition(",")[::2] for pair in PAIR.findall(channel)]
    between = "".join(PAIR.sub("", channel).split())
    if between != "," * (len(pairs) - 1) or not all(time for time, _ in pairs):
        raise file.error(
            line, "values and their times cannot be told apart, expected (time,value),(time,value) in each channel; "
            "correct the line, or write '@timeStamps false'"
        )  # fmt: skip
    return pairs


def _error(file: TextFile, cases: Sequence[Case], rows: Int[np.ndarray, " row"], row: int, message: str) -> DataError:
    return file.error(cases[rows[row]].line, message)
