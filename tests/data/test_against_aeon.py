"""Published .ts and .arff files give the same numbers as aeon's readers give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from attime.data import SeriesSet, read, write

loaders = pytest.importorskip("aeon.datasets", reason="aeon is not installed", exc_type=ImportError)

NAMES = [
    "ucr/PLAID/PLAID_TRAIN.ts.gz",
    "ucr/PLAID/PLAID_TEST.ts.gz",
    "uea/BasicMotions/BasicMotions_TRAIN.ts.gz",
    "uea/BasicMotions/BasicMotions_TEST.ts.gz",
    "uea/JapaneseVowels/JapaneseVowels_TRAIN.ts.gz",
    "uea/JapaneseVowels/JapaneseVowels_TEST.ts.gz",
    "uea/ERing/ERing_TRAIN.arff.gz",
    "uea/ERing/ERing_TEST.arff.gz",
]


def same(series: SeriesSet, X: np.ndarray | list[np.ndarray], y: np.ndarray | None) -> None:
    assert len(series) == len(X)
    for case, length, expected in zip(series.values, series.lengths, X, strict=True):
        np.testing.assert_array_equal(case[:, :length], expected)
    if series.labels is not None:
        assert [str(label).lower() for label in series.labels] == y.tolist()  # aeon knows no capital letters


@pytest.mark.parametrize("name", NAMES)
def test_published_files_are_read_alike(archived: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    import gzip

    path = archived(name)
    plain = tmp_path / path.stem
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    load = loaders.load_from_ts_file if plain.suffix == ".ts" else loaders.load_from_arff_file
    X, y = load(str(plain))[:2]
    same(read(path), X, y)


@pytest.mark.parametrize("n_channels", [1, 3])
@pytest.mark.parametrize("uneven", [False, True])
def test_what_we_write_aeon_reads(tmp_path: Path, n_channels: int, uneven: bool) -> None:
    chance = np.random.default_rng(0)
    lengths = [4, 7, 5] if uneven else [5, 5, 5]
    X = [chance.normal(size=(n_channels, length)) for length in lengths]
    series = SeriesSet.of(X, ["up", "down", "up"])
    write(series, tmp_path / "walks.ts")
    back, y = loaders.load_from_ts_file(str(tmp_path / "walks.ts"))[:2]
    same(series, back, y)


def test_missing_values_are_the_same(tmp_path: Path) -> None:
    series = SeriesSet.of([[1.0, np.nan, 3.0], [np.nan, 2.0, 3.0]], [1, 2])
    write(series, tmp_path / "gaps.ts")
    back, y = loaders.load_from_ts_file(str(tmp_path / "gaps.ts"))[:2]
    same(series, back, y)
