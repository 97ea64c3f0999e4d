"""One file after the other: its pieces become pieces of a table, by plain functions that any engine can call."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from attime.data import SeriesSet, Shards
from attime.data.shards import Common, Survey
from attime.engines.places import names_of
from attime.engines.table import Model, predict_table, refuse_other_classes
from attime.errors import DataError


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be predicted by what.

    Attributes
    ----------
    model
        The fitted estimator.
    shards
        The files.
    """

    model: Model
    shards: Shards

    @cached_property
    def places(self) -> dict[str, int]:
        """Each file with its place among all."""
        return {path: place for place, path in enumerate(self.shards.files)}

    @cached_property
    def names(self) -> dict[str, str]:
        """Each file with what it is called in the table, for it is told where there are several."""
        return names_of(self.shards.files)


def predicted_pieces(
    work: Work, path: str, common: Common | None = None, *, without: Container[int] = ()
) -> Iterator[tuple[int, pd.DataFrame | None, Common]]:
    """Yield the number of each piece of a file, its rows, and what it has in common with all others.

    The cases of a file are counted from 0. The rows of pieces `without` are not needed and come as None.

    Raises
    ------
    DataError
        If the file cannot be used, or differs from the others in its columns or channels.
    """
    first = 0
    for number, (piece, found) in enumerate(_pieces(work, path)):
        if common is not None:
            common.refuse(found)
        common = common or found
        rows = None
        if number not in without:
            if work.shards.columns.target is None:
                refuse_other_classes(work.model, piece, path)
            rows = predict_table(work.model, piece)
            rows.insert(0, "case", range(first, first + len(piece)))
            if len(work.shards.files) > 1:
                rows.insert(0, "file", work.names[path])
        first += len(piece)
        yield number, rows, common
    if not first:
        raise DataError(f"{path}: holds no series, expected one at least; check how it was written")


def _pieces(work: Work, path: str) -> Iterator[tuple[SeriesSet, Common]]:
    file, times = work.shards.open(path), True
    if work.model.time_unit_ is not None:  # else nobody asks for times
        times = Survey.of(work.shards.of(path)).has_times
    for piece in file.read():
        found = replace(Common.of(file, piece), kinds=(), n_steps=None)  # which do not matter to a fitted model
        yield (piece if times else replace(piece, times=None)), found
