"""Writer of .ts files, which aeon and sktime read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from attime.data.labels import to_words
from attime.data.series import SeriesSet
from attime.data.text import new_text
from attime.errors import DataError


def write_ts(series: SeriesSet, path: str, target: str) -> None:
    """Write a line for each case, up to its last step; ``?`` is a missing value. Labels that are floats are numbers.

    Raises
    ------
    DataError
        If a label holds what separates fields, or there are static covariates.
    """
    del target  # has no name in this form
    if series.static is not None:
        raise DataError(f"{path}: .ts files cannot hold static covariates; write .csv or .npz")
    labels = None if series.labels is None else to_words(series.labels, path)
    for word in labels or ():
        if any(sign in word for sign in " :()"):
            raise DataError(f"{path}: label {word!r} holds a blank, colon or bracket; rename it, or write .csv or .npz")
    with new_text(path) as text:
        text.writelines(f"{line}\n" for line in _header(series, Path(path).name.partition(".")[0], labels))
        for number, line in enumerate(_lines(series)):
            text.write(f"{line}:{labels[number]}\n" if labels else f"{line}\n")


def _header(series: SeriesSet, name: str, labels: list[str] | None) -> Iterator[str]:
    equal = bool((series.lengths == series.n_steps).all())
    yield f"@problemName {'_'.join(name.split()) or 'series'}"
    yield f"@timeStamps {_flag(series.times is not None)}"
    yield f"@missing {_flag(bool(series.gaps.any()))}"
    yield f"@univariate {_flag(series.n_channels == 1)}"
    if series.n_channels > 1:
        yield f"@dimensions {series.n_channels}"
    yield f"@equalLength {_flag(equal)}"
    if equal:
        yield f"@seriesLength {series.n_steps}"
    if series.labels is not None and series.labels.dtype.kind == "f":
        yield "@targetLabel true"
    else:
        named = {} if series.labels is None else dict(zip(series.labels.tolist(), labels or (), strict=True))
        yield " ".join(["@classLabel", _flag(labels is not None), *(named[label] for label in sorted(named))])
    yield "@data"


def _lines(series: SeriesSet) -> Iterator[str]:
    spell = "{:.9g}".format if series.values.dtype == np.float32 else repr  # as many digits as give the number back
    for number, (case, length) in enumerate(zip(series.values, series.lengths.tolist(), strict=True)):
        channels = [[*map(spell, channel[:length].tolist())] for channel in case]
        if series.times is not None:
            times = series.times[number].tolist()
            channels = [[f"({time!r},{word})" for time, word in zip(times, words, strict=False)] for words in channels]
        yield ":".join(map(",".join, channels)).replace("nan", "?")


def _flag(value: bool) -> str:
    return "true" if value else "false"
