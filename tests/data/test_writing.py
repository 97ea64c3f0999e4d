"""What is written is what is read back, in every form that can be written."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime.data import SeriesSet, read, write
from attime.data.write import ENDINGS
from attime.errors import DataError, OptionError, OutputError

NAN = float("nan")
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
words = st.text(st.characters(codec="utf-8", exclude_characters=" :()"), min_size=1, max_size=5)


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, object]:
    """Draw what makes series of one to three channels, with gaps, labels of any kind, names and times."""
    n_cases, n_channels, n_steps = draw(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 5)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    width = np.dtype(dtype).itemsize * 8
    limit = 2.0**127  # nine digits of the largest float32 are more than it
    elements = st.one_of(st.floats(-limit, limit, width=width), st.just(NAN))
    values = draw(arrays(dtype, (n_cases, n_channels, n_steps), elements=elements))
    values[:, 0, 0] = np.where(np.isnan(values).all(axis=(1, 2)), 1, values[:, 0, 0])
    values = values[:, :, : max(1, int((~np.isnan(values)).any(axis=(0, 1)).nonzero()[0].max()) + 1)]
    lists = partial(st.lists, min_size=n_cases, max_size=n_cases)
    labels = draw(
        st.one_of(
            st.none(),
            lists(st.integers(-(2**63), 2**63 - 1)).map(np.array),
            lists(st.floats(allow_nan=False, allow_infinity=False)).map(np.array),
            lists(words).map(np.array),
        )
    )
    times = None
    if draw(st.booleans()):
        distances = draw(arrays(np.float64, values.shape[::2], elements=st.floats(0.001, 1e6)))
        times = np.cumsum(distances, axis=1)
    names = draw(st.none() | st.lists(words, min_size=n_channels, max_size=n_channels, unique=True))
    return {"X": values, "labels": labels, "channels": names, "times": times}


@same_folder
@given(parts=drawn(), ending=st.sampled_from([*ENDINGS]))
def test_values_labels_names_and_times_come_back(tmp_path: Path, parts: dict[str, object], ending: str) -> None:
    series = SeriesSet.of(**parts)
    path = tmp_path / f"walks{ending}"
    try:
        write(series, path, target="the label")
    except DataError:  # labels and names that the form cannot hold, or not give back
        if ending == ".npz":
            raise
        reject()
    options = {"target": "the label"} if ending.startswith(".csv") and series.labels is not None else {}
    back = read(path, **options)
    np.testing.assert_array_equal(back.values.astype(series.values.dtype), series.values)
    if series.labels is None:
        assert back.labels is None
    else:
        assert back.labels.tolist() == series.labels.tolist()
        assert (back.labels.dtype.kind == "U") == (series.labels.dtype.kind == "U")
    if not ending.startswith(".ts"):
        assert back.channels == series.channels
    if back.times is not None:
        np.testing.assert_array_equal(back.times, series.times)
    else:
        distances = [
            np.diff(times[:length])
            for times, length in zip([] if series.times is None else series.times, series.lengths, strict=False)
        ]
        together = np.concatenate([*distances, []])
        assert not len(together) or np.ptp(together) <= 1e-6 * together.max()


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_series_make_the_same_file(tmp_path: Path, ending: str) -> None:
    series = SeriesSet.of([[1.0, 2.0], [3.0, NAN]], ["up", "down"])
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(series, tmp_path / name / f"walks{ending}")
    assert (tmp_path / "a" / f"walks{ending}").read_bytes() == (tmp_path / "b" / f"walks{ending}").read_bytes()
    assert len(list((tmp_path / "a").iterdir())) == 1


def test_npz_keeps_precision_kind_truth_and_even_times(tmp_path: Path) -> None:
    series = SeriesSet.of(
        np.eye(2, 3, dtype=np.float32), np.array([True, False]), truth=np.eye(2, 3), times=[[1, 2, 3]] * 2
    )
    write(series, tmp_path / "walks.npz")
    back = read(tmp_path / "walks.npz")
    assert (back.values.dtype, back.labels.dtype) == (np.float32, np.bool_)
    np.testing.assert_array_equal(back.truth, series.truth)
    np.testing.assert_array_equal(back.times, series.times)


def test_numbers_to_predict_stay_numbers(tmp_path: Path) -> None:
    write(SeriesSet.of([[1.0], [2.0]], [3.0, 4.0]), tmp_path / "walks.ts")
    assert "@targetLabel true" in (tmp_path / "walks.ts").read_text()
    assert read(tmp_path / "walks.ts").labels.dtype == np.float64


@pytest.mark.parametrize(
    ("series", "layout", "first"),
    [
        (SeriesSet.of([[1.0, 2.0]]), "auto", "0,1"),
        (SeriesSet.of([[1.0, 2.0]]), "long", "id,time,0"),
        (SeriesSet.of([[1.0, 2.0], [1.0]]), "auto", "id,time,0"),
        (SeriesSet.of([[1.0, 2.0], [1.0]]), "wide", "0,1"),
        (SeriesSet.of([[1.0, 2.0]], channels=["x"]), "auto", "id,time,x"),
        (SeriesSet.of([[[1.0, 2.0], [3.0, 4.0]]], ["a"]), "auto", "id,time,label,0,1"),
    ],
)
def test_csv_files_are_wide_where_nothing_is_lost(tmp_path: Path, series: SeriesSet, layout: str, first: str) -> None:
    write(series, tmp_path / "walks.csv", layout=layout)
    assert (tmp_path / "walks.csv").read_text().splitlines()[0] == first


@pytest.mark.parametrize("ending", [".csv.gz", ".ts.gz"])
def test_packed_text_is_the_same_text(tmp_path: Path, ending: str) -> None:
    series = SeriesSet.of([[1.0, 2.5], [3.0, 4.0]], ["up", "down"])
    write(series, tmp_path / f"walks{ending}")
    write(series, tmp_path / f"walks{ending[:-3]}")
    packed = gzip.decompress((tmp_path / f"walks{ending}").read_bytes())
    assert packed == (tmp_path / f"walks{ending[:-3]}").read_bytes()


@pytest.mark.parametrize(
    ("labels", "ending", "told"),
    [
        (["1", "2"], ".csv", "'1' would come back as 1"),
        (["1", "2"], ".ts", "'1' would come back as 1"),
        ([True, False], ".csv", "True would come back as 'True'"),
        (["up ", "down"], ".csv", "'up '"),
        (["two\nlines", "one"], ".csv", "two"),
        (["nan", "one"], ".csv", "missing"),
        (["at home", "out"], ".ts", "blank"),
        (["a:b", "c"], ".ts", "colon"),
        (np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[D]"), ".npz", "datetime64"),
    ],
)
def test_labels_that_would_come_back_otherwise_are_refused(
    tmp_path: Path, labels: list[object], ending: str, told: str
) -> None:
    with pytest.raises(DataError, match=told):
        write(SeriesSet.of([[1.0], [2.0]], labels), tmp_path / f"walks{ending}")
    assert not list(tmp_path.iterdir())


def test_names_that_cannot_head_a_column_are_refused(tmp_path: Path) -> None:
    series = SeriesSet.of([[[1.0], [2.0]]], ["up"], channels=["time", "b"])
    for broken in (series, replace(series, channels=("label", "b")), replace(series, channels=("a\n", "b"))):
        with pytest.raises(DataError, match=r"walks\.csv"):
            write(broken, tmp_path / "walks.csv")
    with pytest.raises(DataError, match="2 channels"):
        write(series, tmp_path / "walks.csv", layout="wide")


@pytest.mark.parametrize(
    ("name", "layout"),
    [("a.xlsx", "auto"), ("a", "auto"), ("a.npz.gz", "auto"), ("a.ts", "wide"), ("a.csv", "ts"), ("a.csv", "wdie")],
)
def test_forms_that_do_not_exist_are_refused(tmp_path: Path, name: str, layout: str) -> None:
    with pytest.raises(OptionError):
        write(SeriesSet.of([[1.0]]), tmp_path / name, layout=layout)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "a.ts", "a.npz"):
        with pytest.raises(OutputError, match="nowhere"):
            write(SeriesSet.of([[1.0]]), tmp_path / "nowhere" / name)
