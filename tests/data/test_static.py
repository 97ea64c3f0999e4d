"""What is known of a case beside its series: it is checked, stays with its case, and comes back from files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from attime.data import SeriesSet, read, split, write
from attime.errors import AttimeError, DataError, OptionError

NAN = float("nan")
FRAME = pd.DataFrame({"age": [61, None, 3.5], "sex": ["f", None, "m"], "ill": [True, False, True]}, index=[7, 8, 9])
WALKS = np.arange(12.0).reshape(3, 4)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


@pytest.fixture
def series() -> SeriesSet:
    return SeriesSet.of(WALKS, ["up", "down", "up"], static=FRAME)


def test_columns_are_numbers_or_words_and_rows_are_counted_from_0(series):
    assert series.static.index.tolist() == [0, 1, 2]
    assert series.static["ill"].tolist() == [1.0, 0.0, 1.0]
    assert series.static["sex"].tolist() == ["f", None, "m"]
    assert np.isnan(series.static["age"][1])
    assert "3 static" in repr(series)


def test_what_is_known_stays_with_its_case(series):
    assert series[[2, 0]].static["age"].tolist() == [3.5, 61]
    assert SeriesSet.of(series).static.equals(series.static)
    many = SeriesSet.of(np.arange(40.0).reshape(20, 2), static=np.arange(20.0)[:, np.newaxis])
    for part in (split(many).train, split(many).test):
        np.testing.assert_array_equal(part.static["0"] * 2, part.values[:, 0, 0])


def test_an_array_of_text_and_a_list_are_read_as_files_are():
    for static in (np.array([["30", "m"], ["", "f"], ["2", "m"]]), [["30", "m"], ["", "f"], ["2", "m"]]):
        found = SeriesSet.of(WALKS, static=static).static
        np.testing.assert_array_equal(found["0"], [30, NAN, 2])
        assert found["1"].tolist() == ["m", "f", "m"]


def test_categories_are_words_even_if_they_are_numbers():
    assert SeriesSet.of(WALKS, static=pd.DataFrame({"type": pd.Categorical([1, 2, 1])})).static["type"][0] == "1"


@pytest.mark.parametrize(
    ("static", "told"),
    [
        (FRAME[:2], "a row for each of the 3 cases"),
        (np.zeros((3, 0)), "one column at least"),
        (np.zeros((3, 2, 2)), "cannot be read as a table"),
        (pd.DataFrame(np.zeros((3, 2)), columns=["age", "age"]), "two static columns are called 'age'"),
        (pd.DataFrame({"age": [1, np.inf, 2]}), "'age' holds inf in case 1"),
        (pd.DataFrame({"born": pd.to_datetime(["2020-01-01"] * 3)}), "holds datetime64 values"),
        (pd.DataFrame({"age": [1, "old", 2]}), "holds mixed-integer values"),
    ],
)
def test_what_cannot_be_used_is_told(static, told):
    with pytest.raises(DataError, match=told):
        SeriesSet.of(WALKS, static=static)


words = st.text(st.sampled_from("abü19.,;'\"?"), min_size=1, max_size=4)
names = words.map("n{}".format)
cells = st.lists(st.none() | words, min_size=3, max_size=3)
numbers = st.lists(st.none() | st.booleans() | st.floats(-(2.0**127), 2.0**127), min_size=3, max_size=3)


@same_folder
@given(
    columns=st.dictionaries(names, cells | numbers, min_size=1, max_size=3),
    ending=st.sampled_from([".csv", ".csv.gz", ".npz"]),
    layout=st.sampled_from(["auto", "long"]),
)
def test_what_is_written_comes_back(tmp_path: Path, columns, ending, layout):
    try:
        series = SeriesSet.of(WALKS.astype(np.float32), static=pd.DataFrame(columns, dtype=object))
        write(series, tmp_path / f"walks{ending}", layout="auto" if ending == ".npz" else layout)
    except AttimeError:  # names and words that the form cannot hold, or not give back
        reject()
    back = read(tmp_path / f"walks{ending}", static=[*series.static])
    pd.testing.assert_frame_equal(back.static, series.static)
    np.testing.assert_array_equal(back.values.astype(np.float32), series.values)


def test_tables_in_parquet_have_static_columns(tmp_path):
    pytest.importorskip("pyarrow")
    pd.concat([FRAME, pd.DataFrame(WALKS, index=FRAME.index)], axis=1).rename(columns=str).to_parquet(
        tmp_path / "walks.parquet"
    )
    back = read(tmp_path / "walks.parquet", static=["ill", "sex"])
    assert list(back.static) == ["ill", "sex"]
    assert back.static["sex"].tolist() == ["f", None, "m"]


def test_some_columns_of_an_npz_file_can_be_chosen(series, tmp_path):
    write(series, tmp_path / "walks.npz")
    assert list(read(tmp_path / "walks.npz").static) == ["age", "sex", "ill"]
    assert list(read(tmp_path / "walks.npz", static=["sex"]).static) == ["sex"]


def test_static_columns_are_no_time_steps_and_no_channels(tmp_path):
    (tmp_path / "wide.csv").write_text("age,label,0,1\n61,up,1,2\n,down,3,4\n")
    wide = read(tmp_path / "wide.csv", target="label", static=["age"])
    assert (wide.n_steps, wide.labels.tolist()) == (2, ["up", "down"])
    (tmp_path / "long.csv").write_text("id,time,age,x\na,0,61,1\na,1,61.0,2\nb,0,,3\n")
    long = read(tmp_path / "long.csv", static=["age"])
    assert long.channels == ("x",)
    np.testing.assert_array_equal(long.static["age"], [61, NAN])


def test_a_covariate_that_changes_within_a_case_is_named(tmp_path):
    (tmp_path / "long.csv").write_text("id,time,age,x\na,0,61,1\nb,0,5,1\na,1,62,2\n")
    with pytest.raises(DataError, match="line 4: '62' arrived in the static column 'age' of case 'a', expected '61'"):
        read(tmp_path / "long.csv", static=["age"])


def test_columns_that_are_not_there_or_are_something_else_are_told(series, tmp_path):
    for name in ("walks.csv", "walks.npz"):
        write(series, tmp_path / name)
        with pytest.raises(DataError, match="did you mean 'age'"):
            read(tmp_path / name, static=["agee"])
    with pytest.raises(DataError, match="named as static and is the target"):
        read(tmp_path / "walks.csv", target="label", static=["label"])
    with pytest.raises(OptionError, match=r"give \['age'\]"):
        read(tmp_path / "walks.csv", static="age")


@pytest.mark.parametrize("name", ["walks.ts", "walks.arff", "walks.tsv", "walks.npy"])
def test_forms_without_room_for_it_say_so(series, tmp_path, name):
    with pytest.raises(OptionError, match="cannot hold static covariates"):
        read(tmp_path / name, static=["age"])
    if name == "walks.ts":
        with pytest.raises(DataError, match="cannot hold static covariates"):
            write(series, tmp_path / name)
