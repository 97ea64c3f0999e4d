"""Reader of the UCR anomaly archive: nothing but numbers, and one anomaly, told by the name of the file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from attime.data.cells import number_in
from attime.data.detection.labelled import LabelledSeries
from attime.data.text import TextFile, shown
from attime.errors import DataError

NAME = re.compile(r"_(\d+)_(\d+)_(\d+)\.txt(?:\.gz)?$")


def read_ucr_series(path: str, n_train: int | None = None) -> LabelledSeries:
    """Read a file whose name ends in ``_TRAIN_START_END.txt``, with a number a line or all in one.

    The first TRAIN steps may be learnt from; those from START on, counted from 0, are anomalous, up to END, which is
    not (Wu & Keogh 2021; whether both ends are meant, the archive leaves open: one step more or less).

    Raises
    ------
    DataError
        If the name has no such end, something is no number, or the anomaly lies outside of the series or in the part
        for training.
    """
    named = NAME.search(Path(path).name)
    if named is None:
        raise DataError(
            f"{path}: the name does not tell where the anomaly is, expected it to end in "
            "_TRAIN_START_END.txt; rename it"
        )
    train, start, end = map(int, named.groups())
    file = TextFile.open(path)
    numbers = []
    for record in file.records(None):
        for word in record.fields:
            number = float("nan") if word.lower() == "nan" else number_in(word)
            if number is None:
                raise file.error(record.line, f"{shown(word)} arrived, expected a finite number or NaN; correct it")
            numbers.append(number)
    n_train = train if n_train is None else n_train
    if not train <= start < end <= len(numbers):
        raise DataError(
            f"{path}: training up to step {train} and an anomaly from {start} to {end} arrived by the name for a "
            f"series of {len(numbers)} steps, expected TRAIN ≤ START < END ≤ {len(numbers)}; correct the name, or "
            "copy the file again"
        )
    steps = np.arange(len(numbers))
    return LabelledSeries.of(
        numbers, (steps >= start) & (steps < end), name=Path(path).name[: named.start()], n_train=n_train
    )
