"""What is written to a file is what is read from it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime.data import SeriesSet, read
from attime.data.table import Form, _by_row, _careful, _fast
from attime.data.text import TextFile

NAN = float("nan")
numbers = st.one_of(st.floats(-1e6, 1e6, width=32), st.just(NAN))
tables = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=numbers)
)
seen_tables = tables.filter(lambda table: not np.isnan(table).all(axis=1).any())
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(content.encode()))
    else:
        path.write_text(content, encoding="utf-8")
    return path


@same_folder
@given(values=seen_tables, ending=st.sampled_from([".csv", ".csv.gz"]))
def test_wide_files_round_trip(tmp_path: Path, values: np.ndarray, ending: str) -> None:
    labels = [f"class {number % 2}" for number in range(len(values))]
    frame = pd.DataFrame(values).rename(columns=str)
    frame.insert(0, "class", labels)
    series = read(written(tmp_path, f"wide{ending}", frame.to_csv(index=False)), target="class")
    np.testing.assert_array_equal(series.values[:, 0].astype(np.float32), values)
    assert series.labels.tolist() == labels


@same_folder
@given(values=seen_tables, separator=st.sampled_from(["\t", " ", "   ", ","]))
def test_ucr_files_round_trip(tmp_path: Path, values: np.ndarray, separator: str) -> None:
    lines = [separator.join([f"{number:.7e}", *map(repr, map(float, row))]) for number, row in enumerate(values)]
    series = read(written(tmp_path, "set_TRAIN.txt", "\n".join(lines) + "\n"))
    np.testing.assert_array_equal(series.values[:, 0], values)
    assert series.labels.dtype == np.int64
    assert series.labels.tolist() == list(range(len(values)))


@same_folder
@given(
    cases=st.lists(st.integers(1, 5), min_size=1, max_size=4).flatmap(
        lambda lengths: st.tuples(
            *(arrays(np.float32, (length, 2), elements=st.floats(-9, 9, width=32)) for length in lengths)
        )
    ),
    seed=st.integers(0, 9),
    dates=st.booleans(),
)
def test_long_files_round_trip_in_any_order_of_rows(
    tmp_path: Path, cases: tuple[np.ndarray, ...], seed: int, dates: bool
) -> None:
    parts = []
    for number, case in enumerate(cases):
        times = [f"2024-01-{step + 1:02d}" if dates else str(step * 2.5) for step in range(len(case))]
        part = pd.DataFrame({"id": f"case {number}", "time": times, "y": number * 10, "a": case[:, 0], "b": case[:, 1]})
        parts.append(part.sample(frac=1, random_state=seed))
    path = written(tmp_path, "long.csv", pd.concat(parts).to_csv(index=False))
    series = read(path, target="y")
    expected = SeriesSet.of([case.T for case in cases])
    np.testing.assert_array_equal(series.values.astype(np.float32), expected.values.astype(np.float32))
    assert series.labels.tolist() == [number * 10 for number in range(len(cases))]
    assert series.channels == ("a", "b")


def test_ucr_series_that_are_shorter_end_in_nan(tmp_path: Path) -> None:
    series = read(written(tmp_path, "a.tsv", "1\t5\tNaN\t7\tNaN\n2\t5\tNaN\tNaN\tNaN\n"))
    assert (series.lengths.tolist(), series.n_steps) == ([3, 1], 4)
    np.testing.assert_array_equal(series.values[0, 0], [5, NAN, 7, NAN])


def test_true_and_false_are_one_and_zero(tmp_path: Path) -> None:
    for last in ("True", "2", ""):
        series = read(written(tmp_path, "a.csv", f"0,1\n3,False\n4,{last}\n"))
        np.testing.assert_array_equal(series.values[:, 0], [[3, 0], [4, {"True": 1, "2": 2, "": NAN}[last]]])


@given(values=tables, ending=st.sampled_from(["\n", "\r\n"]), spelling=st.sampled_from(["", "NaN", "null"]))
def test_the_fast_and_the_careful_readers_agree(values: np.ndarray, ending: str, spelling: str) -> None:
    frame = pd.DataFrame(values).rename(columns=str).assign(word=" a b ")
    content = frame.to_csv(index=False, na_rep=spelling, lineterminator=ending)
    file, form = TextFile("a.csv", content), Form(tuple(frame.columns), words=("word",))
    careful = _careful(file, form)
    assert careful.words["word"].tolist() == ["a b"] * len(values)
    for fast in (_fast(file, form), _by_row(file, form)):
        if fast is not None:
            np.testing.assert_allclose(fast.numbers, careful.numbers, rtol=1e-15)
            assert fast.words["word"].tolist() == careful.words["word"].tolist()
        else:
            assert spelling == "null"


def test_long_rows_of_different_cases_may_be_mixed(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,time,x\nb,2,4\na,1,1\nb,1,3\na,2,\nb,3,5\n")
    np.testing.assert_array_equal(read(path).values[:, 0], [[3, 4, 5], [1, NAN, NAN]])


@pytest.mark.parametrize(
    "times", [("9", "10"), ("2024-01-31", "2024-01-31 12:00"), ("2024-01-09T00:00Z", "2024-01-10T00:00Z"),
              ("01/09/2024", "01/10/2024"), ("2023", "2024"), ("-1e3", "2")]
)  # fmt: skip
def test_times_are_ordered_as_times_not_as_words(tmp_path: Path, times: tuple[str, str]) -> None:
    path = written(tmp_path, "a.csv", f"id,time,x\n1,{times[1]},2\n1,{times[0]},1\n")
    assert read(path).values.tolist() == [[[1.0, 2.0]]]


def test_columns_can_be_named_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "x,when,who,mood\n1,1,ann,good\n2,2,ann,good\n5,1,bob,bad\n")
    series = read(path, case="who", time="when", target="mood")
    assert (series.labels.tolist(), series.channels, series.lengths.tolist()) == (["good", "bad"], ("x",), [2, 1])


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["1", "2"], [1, 2]),
        (["1.0000000e+00", "-1.0"], [1, -1]),
        (["0.5", "1"], [0.5, 1.0]),
        (["walk", "1"], ["walk", "1"]),
        ([" walk ", "run"], ["walk", "run"]),
        (['"walk, slowly"', "run"], ["walk, slowly", "run"]),
        (["inf", "1"], ["inf", "1"]),
        (["None", "NA"], ["None", "NA"]),
    ],
)
def test_labels_are_whole_numbers_numbers_or_words(tmp_path: Path, cells: list[str], labels: list[object]) -> None:
    path = written(tmp_path, "a.csv", "".join(f"{line}\n" for line in ["0,1,y", *(f"1,2,{cell}" for cell in cells)]))
    read_labels = read(path, target="y").labels.tolist()
    assert read_labels == labels
    assert [type(label) for label in read_labels] == [type(label) for label in labels]


@pytest.mark.parametrize("cell", ["", "NaN", "nan", " ", " NaN ", "NA", "null"])
def test_cells_without_a_value_are_missing(tmp_path: Path, cell: str) -> None:
    path = written(tmp_path, "a.csv", f"0,1,2\n1,{cell},3\n4,5,{cell}\n")
    np.testing.assert_array_equal(read(path).values[:, 0], [[1, NAN, 3], [4, 5, NAN]])


@pytest.mark.parametrize(
    "content",
    ["0,1\n1,2\n3,4", "0,1\r\n1,2\r\n3,4\r\n", "\ufeff0,1\n1,2\n3,4\n", "\n0,1\n\n1,2\n3,4\n\n", "0, 1\n 1 , 2 \n3,4\n",
     '"0","1"\n"1","2"\n3,4\n'],
)  # fmt: skip
def test_spaces_blank_lines_quotes_and_line_ends_do_not_matter(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    assert read(path).values.tolist() == [[[1.0, 2.0]], [[3.0, 4.0]]]


def test_the_name_of_the_case_is_no_value_of_a_wide_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "id,0,1\nann,1,2\nbob,3,4\n")
    assert read(path).values.tolist() == [[[1.0, 2.0]], [[3.0, 4.0]]]


@pytest.mark.parametrize("content", ["0,1\n1,2\n", "0,1,y\n1,2,\n", "id,time,x\n1,1,1\n1,2,2\n"])
def test_series_to_predict_need_no_labels(tmp_path: Path, content: str) -> None:
    series = read(written(tmp_path, "a.csv", content), target="y", need_target=False)
    assert series.labels is None
    assert series.values.tolist() == [[[1.0, 2.0]]]


def test_the_layout_can_be_said_where_the_name_does_not_tell(tmp_path: Path) -> None:
    path = written(tmp_path, "Set_TRAIN", "1,0.5,0.7\n2,0.1,0.2\n")
    assert read(path, layout="ucr").labels.tolist() == [1, 2]
    assert read(written(tmp_path, "b.csv", "id,time\n1,2\n"), layout="wide", case="").n_steps == 2
