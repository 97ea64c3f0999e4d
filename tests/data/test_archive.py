"""Files as they are published are read as their authors meant them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from attime.data import read

Find = Callable[[str], Path]


def test_long_form_keeps_cases_channels_and_unequal_lengths(as_long_csv: Callable[[str], Path]) -> None:
    series = read(as_long_csv("uea/JapaneseVowels/JapaneseVowels_TRAIN.ts.gz"), target="speaker")
    assert (len(series), series.n_channels, series.n_steps) == (270, 12, 26)
    assert (series.lengths.min(), series.lengths.max()) == (7, 26)
    assert series.channels[:2] == ("c0", "c1")
    assert np.bincount(series.labels).tolist() == [0] + [30] * 9
    assert series.lengths[0] == 20
    np.testing.assert_allclose(series.values[0, 0, :2], [1.860936, 1.891651])


@pytest.mark.parametrize(
    ("name", "n_cases", "n_steps", "classes"),
    [
        ("ECG200/ECG200_TRAIN.tsv", 100, 96, [0, 1]),
        ("ItalyPowerDemand/ItalyPowerDemand_TEST.tsv", 1029, 24, [1, 2]),
        ("CBF/CBF_TEST.tsv.gz", 900, 128, [1, 2, 3]),
    ],
)
def test_ucr_files_have_their_published_sizes(
    archived: Find, name: str, n_cases: int, n_steps: int, classes: list[int]
) -> None:
    series = read(archived(f"ucr/{name}"))
    assert (len(series), series.n_channels, series.n_steps) == (n_cases, 1, n_steps)
    assert np.unique(series.labels).tolist() == classes
    assert series.observed.all()


# The archive has these twice: as measured, with NaN, and with NaN filled in. Either copy may be on a machine.
@pytest.mark.parametrize(("name", "n_cases", "n_steps"), [("AllGestureWiimoteX", 300, 500), ("DodgerLoopDay", 78, 288)])
def test_in_ucr_files_exactly_nan_is_missing(archived: Find, name: str, n_cases: int, n_steps: int) -> None:
    folder = archived(f"ucr/{name}")
    path = next(folder.glob("*_TRAIN.tsv*"))
    content = (gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes())
    series = read(path)
    assert (len(series), series.n_steps) == (n_cases, n_steps)
    assert (~series.observed).sum() == content.count(b"NaN")


@pytest.mark.parametrize("part", ["TRAIN", "TEST"])
def test_every_ucr_file_of_this_machine_is_read(archived: Find, part: str) -> None:
    paths = sorted(archived("ucr").glob(f"*/*_{part}.tsv*"))
    assert len(paths) > 40
    for path in paths:
        assert len(np.unique(read(path).labels)) > 1
