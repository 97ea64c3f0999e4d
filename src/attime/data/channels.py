"""Whether channels are those that a model knows: another order would give wrong answers without a word."""

from __future__ import annotations

from collections.abc import Sequence

from attime.data.series import SeriesSet
from attime.data.text import shown
from attime.errors import DataError


def refuse_other_channels(series: SeriesSet, names: Sequence[str]) -> None:
    """See that channels are called as in `fit` and stand in that order; where either has no names, trust.

    Of a single channel the name does not matter.

    Raises
    ------
    DataError
        If they are not.

    Examples
    --------
    >>> refuse_other_channels(SeriesSet.of([[[1.0], [2.0]]], channels=["x", "y"]), ["x", "y"])
    """
    unnamed = [str(number) for number in range(series.n_channels)]
    found, expected = list(series.channels), list(names)
    nameless = not expected or (expected == unnamed and set(found) != set(unnamed))
    if series.n_channels == 1 or found == unnamed or nameless:
        return
    for place, (arrived, known) in enumerate(zip(found, expected, strict=True)):
        if arrived != known:
            raise DataError(
                f"{series.from_where}channel {place} (counting from 0) is {shown(arrived)}, and was {shown(known)} in "
                "fit; give the same channels in the same order"
            )
