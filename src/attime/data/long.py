"""Reader of long CSV files: one row per case and time, one column per channel."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Int, Shaped

from attime.data.header import Columns, Layout, labels_of, read_header, static_of
from attime.data.limits import refuse_padding
from attime.data.series import SeriesSet
from attime.data.table import Form, Table, read_table
from attime.data.text import TextFile, shown
from attime.data.times import times_of, uneven_times
from attime.errors import DataError


def read_long(file: TextFile, columns: Columns) -> SeriesSet:
    """Read series that stand below each other, in any order of rows.

    Cases come in the order in which they first appear, steps in the order of their times (numbers or dates). Times that
    are not at equal distances are kept, dates as seconds. Every column but case, time, label and those in
    `columns.static` is a channel; an empty cell is a missing value.

    Raises
    ------
    DataError
        If the file cannot be used, a time is no time or comes twice in a case, or the label or a static covariate
        changes within a case; the message names the line.
    """
    layout = long_columns(read_header(file), columns, f"{file.path}, line 1")
    return series_of_long(read_long_table(file, layout), layout, columns)


def read_long_table(file: TextFile, layout: Layout) -> Table:
    """Read the rows of a long file; errors as for `read_long`."""
    remedy = (
        "correct the cell, leave it empty if nothing was measured, or name the column as target (--target) if it is "
        "the label"
    )
    return read_table(file, Form(read_header(file), layout.words, remedy=remedy))


def long_columns(names: tuple[str, ...], columns: Columns, place: str) -> Layout:
    """Return which columns of a long table hold what; `place` is where the names stand."""
    columns.require(columns.case, "case", names, place)
    columns.require(columns.time, "time", names, place)
    label = columns.label_column(names, place)
    static = columns.static_columns(names, place)
    words = tuple(name for name in names if name in (columns.case, columns.time, label, *static))
    channels = tuple(name for name in names if name not in words)
    if not channels:
        raise DataError(f"{place}: no column of values arrived, expected one per channel; add one")
    return Layout(label, words, channels)


def series_of_long(table: Table, layout: Layout, columns: Columns) -> SeriesSet:
    """Return the series that stand below each other in a table."""
    cases, first_rows = _cases(table, columns.case)
    row_times = times_of(table.words[columns.time], table.error, where=f" in column {columns.time!r}")
    steps = _steps(table, cases, row_times, columns)
    shape = (len(first_rows), len(layout.channels), int(steps.max()) + 1)
    refuse_padding(table.path, table.numbers.size, shape)
    values = np.full(shape, np.nan)
    values[cases, :, steps] = table.numbers
    nothing = np.isnan(values).all(axis=(1, 2))
    if nothing.any():
        row = first_rows[nothing.argmax()]
        raise table.error(
            row, f"no value was measured in case {shown(table.words[columns.case][row])}, expected one; remove the case"
        )
    labels = labels_of(table, layout.label, needed=columns.need_target)
    if labels is not None:
        changed = labels != labels[first_rows][cases]
        if changed.any():
            row = changed.argmax()
            raise table.error(
                row,
                f"label {shown(labels[row].item())} arrived in case {shown(table.words[columns.case][row])}, expected "
                f"{shown(labels[first_rows[cases[row]]].item())} as in its first row; give each case one label",
            )
        labels = labels[first_rows]
    times = uneven_times(row_times, cases, steps, keep=columns.keep_times)
    static = _static(table, columns, cases, first_rows)
    return SeriesSet.of(values, labels, channels=layout.channels, source=table.path, times=times, static=static)


def _cases(table: Table, column: str) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " case"]]:
    """Return the number of the case of every row, and the first row of every case."""
    words = table.words[column]
    missing = words == ""
    if missing.any():
        raise table.error(missing.argmax(), f"no case in column {column!r}, expected one in every row; add it")
    cases, _ = pd.factorize(words)
    _, first_rows = np.unique(cases, return_index=True)
    return cases, first_rows


def _static(
    table: Table, columns: Columns, cases: Int[np.ndarray, " row"], first_rows: Int[np.ndarray, " case"]
) -> pd.DataFrame | None:
    """Return the static covariates of every case, which stand in each of its rows."""
    static = static_of(table, columns)
    if static is None:
        return None
    for name, column in static.items():
        codes, _ = pd.factorize(column)
        changed = codes != codes[first_rows][cases]
        if changed.any():
            row, case = changed.argmax(), shown(table.words[columns.case][changed.argmax()])
            first = table.words[str(name)][first_rows[cases[row]]]
            raise table.error(
                row,
                f"{shown(table.words[str(name)][row])} arrived in the static column {shown(name)} of case {case}, "
                f"expected {shown(first)} as in its first row; give each case one value, or make it a channel",
            )
    return static.iloc[first_rows]


def _steps(
    table: Table, cases: Int[np.ndarray, " row"], times: Shaped[np.ndarray, " row"], columns: Columns
) -> Int[np.ndarray, " row"]:
    """Return the place of every row in its case, by time."""
    order = np.lexsort((times, cases))
    same_case = np.diff(cases[order]) == 0
    twice = same_case & (np.diff(times[order]) == 0)
    if twice.any():
        row = order[1:][twice].min()
        time, case = (shown(table.words[column][row]) for column in (columns.time, columns.case))
        raise table.error(row, f"time {time} arrived twice in case {case}, expected once; remove one of the rows")
    starts = np.flatnonzero(np.concatenate(([True], ~same_case)))
    steps = np.empty(len(order), dtype=np.intp)
    steps[order] = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return steps
