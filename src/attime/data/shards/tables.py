"""Parquet files in pieces: so many rows at a time, wherever row groups begin."""

from __future__ import annotations

from collections.abc import Iterator

from attime.data.header import Columns, Layout
from attime.data.long import series_of_long
from attime.data.parquet import INDEX, opened_parquet, parquet_columns, table_of
from attime.data.series import SeriesSet
from attime.data.shards.file import TOGETHER, ShardFile
from attime.data.shards.rows import whole_cases
from attime.data.table import Table
from attime.data.wide import series_of_wide
from attime.errors import DataError

#: A long table of up to so many cells may have its rows in any order.
ANY_ORDER = 2**22


def open_parquet(path: str, columns: Columns, n_numbers: int) -> ShardFile:
    """Return how a parquet file is read, about `n_numbers` numbers at a time.

    Raises
    ------
    MissingExtraError
        If ``pyarrow`` is not installed.
    DataError
        If the file is damaged or has not the columns it should have.
    """
    with opened_parquet(path) as file:
        names = tuple(name for name in map(str, file.schema_arrow.names) if not name.startswith(INDEX))
        n_rows = int(file.metadata.num_rows)
    if not n_rows or not names:
        raise DataError(f"{path}: the table is empty, expected data; check how it was written")
    layout = parquet_columns(path, names, columns)
    at_once = together(n_numbers // len(names))
    if layout.channels:
        rows = max(at_once, ANY_ORDER // len(names))
        return ShardFile(path, lambda: _long_pieces(path, names, layout, columns, rows), layout.channels)
    values = tuple(name for name in names if name not in layout.words)
    return ShardFile(path, lambda: _pieces(path, names, layout, columns, at_once), values, n_rows, one_length=True)


def together(n_cases: int) -> int:
    """Return so many cases, rounded down as they are looked at together; one at least.

    Examples
    --------
    >>> together(1000), together(100), together(0)
    (768, 100, 1)
    """
    return n_cases // TOGETHER * TOGETHER or max(n_cases, 1)


def _pieces(path: str, names: tuple[str, ...], layout: Layout, columns: Columns, rows: int) -> Iterator[SeriesSet]:
    for table in _tables(path, names, layout, rows):
        yield series_of_wide(table, layout, columns)


def _long_pieces(path: str, names: tuple[str, ...], layout: Layout, columns: Columns, rows: int) -> Iterator[SeriesSet]:
    for table in whole_cases(_tables(path, names, layout, rows), columns.case, columns.time):
        yield series_of_long(table, layout, columns)


def _tables(path: str, names: tuple[str, ...], layout: Layout, rows: int) -> Iterator[Table]:
    first = 0
    with opened_parquet(path) as file:
        for batch in file.iter_batches(batch_size=rows, columns=[*names]):
            if len(batch):
                yield table_of(path, batch.to_pandas(ignore_metadata=True), layout, first)
                first += len(batch)
