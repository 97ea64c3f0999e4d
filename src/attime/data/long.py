"""Reader of long CSV files: one row per case and time, one column per channel."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from attime.data.header import Columns, labels_of, read_header
from attime.data.series import SeriesSet
from attime.data.table import MISSING, Form, Table, read_table
from attime.data.text import TextFile
from attime.errors import DataError


def read_long(file: TextFile, columns: Columns) -> SeriesSet:
    """Read series that stand below each other, in any order of rows.

    Cases come in the order in which they first appear, steps in the order of their times (numbers or dates). Times that
    are not at equal distances are kept, dates as seconds. Every column but case, time and label is a channel; an empty
    cell is a missing value.

    Raises
    ------
    DataError
        If the file cannot be used, a time is no time or comes twice in a case, or the label changes within a case;
        the message names the line.
    """
    names = read_header(file)
    columns.require(columns.case, "case", names, file)
    columns.require(columns.time, "time", names, file)
    label = columns.label_column(names, file)
    words = tuple(name for name in names if name in (columns.case, columns.time, label))
    channels = tuple(name for name in names if name not in words)
    if not channels:
        raise DataError(f"{file.path}, line 1: no column of values arrived, expected one per channel; add one")
    remedy = "correct the cell, leave it empty if nothing was measured, or name the column as target if it is the label"
    table = read_table(file, Form(names, words, remedy=remedy))

    cases, first_rows = _cases(table, columns.case)
    row_times = _times(table, columns.time)
    steps = _steps(table, cases, row_times, columns)
    values = np.full((len(first_rows), len(channels), steps.max() + 1), np.nan)
    values[cases, :, steps] = table.numbers
    nothing = np.isnan(values).all(axis=(1, 2))
    if nothing.any():
        row = first_rows[nothing.argmax()]
        raise table.error(
            row, f"no value was measured in case {table.words[columns.case][row]!r}, expected one; remove the case"
        )
    labels = labels_of(table, label, needed=columns.need_target)
    if labels is not None:
        changed = labels != labels[first_rows][cases]
        if changed.any():
            row = changed.argmax()
            raise table.error(
                row,
                f"label {labels[row]!s} arrived in case {table.words[columns.case][row]!r}, expected "
                f"{labels[first_rows[cases[row]]]!s} as in its first row; give each case one label",
            )
        labels = labels[first_rows]
    times = _unequal(row_times, cases, steps)
    return SeriesSet.of(values, labels, channels=channels, source=file.path, times=times)


def _cases(table: Table, column: str) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " case"]]:
    """Return the number of the case of every row, and the first row of every case."""
    words = table.words[column]
    missing = words == ""
    if missing.any():
        raise table.error(missing.argmax(), f"no case in column {column!r}, expected one in every row; add it")
    cases, _ = pd.factorize(words)
    _, first_rows = np.unique(cases, return_index=True)
    return cases, first_rows


def _steps(
    table: Table, cases: Int[np.ndarray, " row"], times: Shaped[np.ndarray, " row"], columns: Columns
) -> Int[np.ndarray, " row"]:
    """Return the place of every row in its case, by time."""
    order = np.lexsort((times, cases))
    same_case = np.diff(cases[order]) == 0
    twice = same_case & (np.diff(times[order]) == 0)
    if twice.any():
        row = order[1:][twice].min()
        raise table.error(
            row,
            f"time {table.words[columns.time][row]!r} arrived twice in case {table.words[columns.case][row]!r}, "
            "expected once; remove one of the rows",
        )
    starts = np.flatnonzero(np.concatenate(([True], ~same_case)))
    steps = np.empty(len(order), dtype=np.intp)
    steps[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return steps


def _unequal(
    row_times: Shaped[np.ndarray, " row"], cases: Int[np.ndarray, " row"], steps: Int[np.ndarray, " row"]
) -> Float[np.ndarray, "case time"] | None:
    """Return the time of every step; None if all steps of all cases are at one distance, give or take rounding."""
    times = np.full((cases.max() + 1, steps.max() + 1), np.nan)
    times[cases, steps] = row_times
    distances = np.diff(times, axis=1)
    distances = distances[~np.isnan(distances)]
    return None if not len(distances) or np.ptp(distances) <= 1e-6 * distances.max() else times


def _times(table: Table, column: str) -> Shaped[np.ndarray, " row"]:
    """Return times that can be compared: the numbers in a column of words, or else its dates."""
    words = pd.Series(table.words[column], dtype=object)
    readings = [pd.to_numeric(words, errors="coerce").replace([np.inf, -np.inf], np.nan)]
    if not readings[0].isna().any():
        return readings[0].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "could not infer format": then cells fail, and are named
        for form in ("ISO8601", None):
            readings.append(pd.to_datetime(words, errors="coerce", utc=True, format=form))
            if not readings[-1].isna().any():
                return pd.DatetimeIndex(readings[-1]).as_unit("ns").asi8 / 1e9
    best = min(readings, key=lambda reading: reading.isna().sum())
    row = int(best.isna().argmax())
    arrived = "no time" if words[row] in MISSING else f"time {words[row]!r}"
    raise table.error(
        row,
        f"{arrived} arrived in column {column!r}, expected a number or a date like 2024-01-31 12:00, written alike "
        "in all rows; correct it",
    )
