"""How much the words in a parquet file would take: each is kept once in it, however many rows it stands in."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from attime.data.limits import allowed, refuse_growth


def refuse_repeated_words(path: str, parquet: Any) -> None:
    """Raise a DataError if long words in very many rows would fill the memory, before any row has one of its own.

    Parameters
    ----------
    path
        The file.
    parquet
        The module ``pyarrow.parquet``.
    """
    with parquet.ParquetFile(path) as file:
        n_rows, size = file.metadata.num_rows, os.path.getsize(path)
        kinds = [file.schema.column(number) for number in range(len(file.schema))]
        names = [kind.path for kind in kinds if kind.physical_type == "BYTE_ARRAY"]
    if not names or not n_rows:
        return
    compute: Any = import_module("pyarrow.compute")
    grown = 0
    with parquet.ParquetFile(path, read_dictionary=names) as file:
        for group in range(file.num_row_groups):
            told = file.metadata.row_group(group).total_byte_size
            refuse_growth(path, size, told, remedy="write it as .csv or .npz")
            for column in file.read_row_group(group, columns=names).columns:
                for part in column.chunks:
                    if hasattr(part, "dictionary"):
                        lengths = compute.binary_length(part.dictionary)
                        grown += compute.sum(lengths.take(part.indices)).as_py() or 0
            if grown > allowed(size):
                refuse_growth(path, size, grown, remedy="its words are very long: shorten them, or write it as .csv")
