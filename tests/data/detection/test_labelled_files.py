"""Labelled series out of files: what each form means, and what is said of files that cannot be used."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from attime.data.detection import FORMS, LabelledSeries, read_collection, read_labelled
from attime.errors import AttimeError, DataError, OptionError

VALUES = np.array([1.0, 1.1, 0.9, 7.5, 7.4, 1.0])
LABELS = np.array([0, 0, 0, 1, 1, 0])


def write_npz(folder: Path) -> Path:
    np.savez(folder / "pump_tr_2_1st_3.npz", data=VALUES, label=LABELS.astype(np.uint8))
    return folder / "pump_tr_2_1st_3.npz"


def write_csv(folder: Path) -> Path:
    rows = [f"{value},{label}" for value, label in zip(VALUES, LABELS, strict=True)]
    return put(folder / "pump_tr_2_1st_3.csv", "\n".join(["Data,Label", *rows]))


def write_ucr(folder: Path) -> Path:
    return put(folder / "001_UCR_Anomaly_pump_2_3_5.txt", "\n".join(f"  {value:e}" for value in VALUES))


def write_pair(folder: Path) -> Path:
    rows = [f"{step},{value},{label}" for step, (value, label) in enumerate(zip(VALUES, LABELS, strict=True))]
    head = "timestamp,value,is_anomaly"
    put(folder / "pump_TRAIN.csv", "\n".join([head, *rows[:2]]))
    return put(folder / "pump_TEST.csv", "\n".join([head, *rows[2:]]))


def write_nab(folder: Path) -> Path:
    """Write twenty steps around the six, so that 15 % are the first three."""
    (folder / "data" / "real").mkdir(parents=True)
    (folder / "labels").mkdir()
    stamps = [f"2024-01-31 {hour:02d}:00:00" for hour in range(20)]
    windows = {"real/pump.csv": [["2024-01-31 03:00:00.000000", "2024-01-31 04:00:00.000000"]], "real/other.csv": []}
    put(folder / "labels" / "combined_windows.json", json.dumps(windows))
    values = [*VALUES, *np.ones(14)]
    rows = [f"{stamp},{value}" for stamp, value in zip(stamps, values, strict=True)]
    return put(folder / "data" / "real" / "pump.csv", "\n".join(["timestamp,value", *rows]))


def put(path: Path, text: str) -> Path:
    path.write_text(text + "\n")
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "npz": write_npz,
    "csv": write_csv,
    "ucr": write_ucr,
    "pair": write_pair,
    "nab": write_nab,
}


def test_every_form_has_a_test() -> None:
    assert set(WRITERS) == set(FORMS)


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_says_the_same(form: str, tmp_path: Path) -> None:
    path = WRITERS[form](tmp_path)
    for series in (read_labelled(path), read_labelled(path, form=form), *read_collection(tmp_path)):
        np.testing.assert_array_equal(series.values[:6, 0], VALUES)
        np.testing.assert_array_equal(series.labels[:6], LABELS)
        assert not series.labels[6:].any()
        assert series.n_train == (3 if form == "nab" else 2)
        assert series.values.shape == (len(series), 1)
        assert (len(series.train), len(series.test)) == (series.n_train, len(series) - series.n_train)
    assert read_labelled(path, n_train=1).n_train == 1


def test_several_channels_and_missing_values_come_through(tmp_path: Path) -> None:
    path = put(tmp_path / "pump_tr_1.csv", "timestamp,heat,flow,Label\n5,1,2,0\n6,,3,1\n7,4,NaN,0")
    series = read_labelled(path)
    assert series.channels == ("heat", "flow")
    np.testing.assert_array_equal(series.values, [[1, 2], [np.nan, 3], [4, np.nan]])
    assert series.times is not None
    assert series.times.tolist() == [5, 6, 7]
    np.savez(tmp_path / "a_tr_1.npz", data=series.values.astype(np.float32), label=series.labels)
    np.testing.assert_array_equal(read_labelled(tmp_path / "a_tr_1.npz").values, series.values)


def test_text_may_be_packed(tmp_path: Path) -> None:
    for form in ("csv", "ucr"):
        path = WRITERS[form](tmp_path)
        packed = path.with_name(f"{path.name}.gz")
        packed.write_bytes(gzip.compress(path.read_bytes()))
        np.testing.assert_array_equal(read_labelled(packed).values, read_labelled(path).values)
        assert read_labelled(packed).name == read_labelled(path).name


def test_numbers_of_the_archive_may_stand_in_one_line(tmp_path: Path) -> None:
    path = put(tmp_path / "x_2_3_5.txt", "   ".join(map(str, VALUES)))
    np.testing.assert_array_equal(read_labelled(path).values[:, 0], VALUES)


def test_a_test_part_that_begins_with_the_training_part_is_not_read_twice(tmp_path: Path) -> None:
    test = write_pair(tmp_path)
    rows = (tmp_path / "pump_TRAIN.csv").read_text() + "".join(test.read_text().splitlines(keepends=True)[1:])
    test.write_text(rows)
    series = read_labelled(test)
    assert (len(series), series.n_train, series.name) == (6, 2, "pump")


def test_times_that_begin_anew_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "a_TRAIN.csv", "timestamp,value,is_anomaly\n0,1,0\n1,2,0")
    assert read_labelled(put(tmp_path / "a_TEST.csv", "timestamp,value,is_anomaly\n0,3,0\n1,4,1")).times is None


def test_the_probation_of_the_benchmark_ends_after_750_steps(tmp_path: Path) -> None:
    path = write_nab(tmp_path)
    stamps = np.datetime64("2024-01-31T00:00") + np.arange(9000) * np.timedelta64(60, "m")
    put(path, "\n".join(["timestamp,value", *(f"{str(stamp).replace('T', ' ')}:00,1" for stamp in stamps)]))
    series = read_labelled(path)
    assert series.n_train == 750
    assert series.times is not None
    assert series.times[-1] == stamps[-1]
    assert series.labels.sum() == 2  # both ends of the window


def test_a_table_with_labels_of_its_own_needs_no_windows(tmp_path: Path) -> None:
    path = put(tmp_path / "pump.csv", "value,Label\n1,0\n2,1")
    assert read_labelled(path, n_train=1).labels.tolist() == [0, 1]
    with pytest.raises(DataError, match=r"no tr_N in the name.*or give n_train"):
        read_labelled(path)


def test_a_collection_reads_a_file_when_its_turn_comes(tmp_path: Path) -> None:
    write_csv(tmp_path)
    write_ucr(tmp_path)
    put(tmp_path / "notes.md", "nothing")
    put(tmp_path / "zz_tr_1.csv", "value,Label\n1,0\n2,9")
    collection = read_collection(tmp_path)
    assert len(collection) == 3
    reading = iter(collection)
    assert [next(reading).name for _ in range(2)] == ["001_UCR_Anomaly_pump", "pump_tr_2_1st_3"]
    with pytest.raises(DataError, match="zz_tr_1"):
        next(reading)
    assert [series.name for series in read_collection(tmp_path, form="ucr")] == ["001_UCR_Anomaly_pump"]


TABLES = {
    "no labels": ("a_tr_1.csv", "value,kind\n1,0\n2,1", "no column of labels, expected one named 'label' or 'is_ano"),
    "labels of other kinds": ("a_tr_1.csv", "value,Label\n1,0\n2,2", r"the label of step 1 .* is 2, expected 0"),
    "words as labels": ("a_tr_1.csv", "value,Label\n1,no\n2,yes", "the label of step 0 .* is 'no', expected 0"),
    "a missing label": ("a_tr_1.csv", "value,Label\n1,0\n2,", "the label of step 1 .* is nan, expected 0"),
    "too much training": ("a_tr_9.csv", "value,Label\n1,0\n2,1", "n_train=9 arrived for a series of 2 steps"),
    "nothing to judge": ("a_tr_2.csv", "value,Label\n1,0\n2,1", "expected 0 to 1, so that steps are left"),
    "an infinite value": ("a_tr_1.csv", "value,Label\n1,0\ninf,1", "step 1, channel 0 .* holds inf, expected at"),
    "a word": ("a_tr_1.csv", "value,Label\n1,0\nten,1", "column 'value', row 1 .* holds 'ten', expected a number"),
    "no values": ("a_tr_1.csv", "Label\n0\n1", "no column beside 'Label', expected at least one of values"),
    "nothing measured": ("a_tr_1.csv", "value,Label\n,0\n,1", "no value was measured"),
    "no time": ("a_tr_1.csv", "time,value,Label\nsoon,1,0\nlater,1,0", "row 0 .* time 'soon' arrived"),
    "rows of other lengths": ("a_tr_1.csv", "value,Label\n1,0,5\n2,1,5", "a_tr_1.csv"),
    "a name without numbers": ("a_1_2.txt", "1\n2", "the name of no known form arrived"),
    "an anomaly outside": ("a_1_2_9.txt", "1\n2\n3", r"expected TRAIN ≤ START < END ≤ 3"),
    "an anomaly in training": ("a_2_1_3.txt", "1\n2\n3", r"expected TRAIN ≤ START < END ≤ 3"),
    "a word among numbers": ("a_1_1_2.txt", "1\ntwo\n3", "line 2: 'two' arrived, expected a finite number"),
    "an infinite number": ("a_1_1_2.txt", "1\n-inf\n3", "line 2: '-inf' arrived, expected a finite number"),
    "no windows": ("machine.csv", "timestamp,value\n2024-01-01,1", "no labels, expected combined_windows.json"),
    "no training part": ("a_TEST.csv", "value,is_anomaly\n1,0", "a_TRAIN.csv: cannot be read"),
    "an unknown form": ("a.xlsx", "1", "the name of no known form arrived"),
}


@pytest.mark.parametrize("case", TABLES)
def test_what_is_wrong_with_a_text_is_said_in_one_line(case: str, tmp_path: Path) -> None:
    name, text, told = TABLES[case]
    path = put(tmp_path / name, text)
    with pytest.raises(AttimeError, match=told) as caught:
        read_labelled(path)
    assert name.removesuffix(".csv").split("_T")[0] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"data": VALUES}, "no array 'label', expected data and label; known are data"),
        ({"values": VALUES, "label": LABELS}, "no array 'data'"),
        ({"data": VALUES, "label": LABELS[:5]}, r"labels of shape \(5,\) arrived, expected one for each step, \(6,\)"),
        ({"data": VALUES, "label": LABELS / 2}, r"the label of step 3 .* is 0.5, expected 0"),
        ({"data": VALUES.reshape(1, 2, 3), "label": LABELS}, r"values of shape \(1, 2, 3\)"),
        ({"data": VALUES.astype(str), "label": LABELS}, "type <U"),
        ({"data": VALUES.astype(object), "label": LABELS}, "Object arrays cannot be loaded"),
    ],
)
def test_what_is_wrong_with_arrays_is_said(arrays: dict[str, np.ndarray], told: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a_tr_2.npz", **arrays)
    with pytest.raises(DataError, match=told):
        read_labelled(tmp_path / "a_tr_2.npz")


@pytest.mark.parametrize(
    ("windows", "told"),
    [
        (
            {"real/pumps.csv": []},
            "has no entry for it, expected one like 'real/pump.csv'; did you mean",
        ),
        ({"real/pump.csv": [["2024-01-31"]]}, "expected pairs of dates"),
        ({"real/pump.csv": [["x", "y"]]}, "expected pairs of dates"),
        ({"real/pump.csv": 3}, "expected pairs of dates"),
        ({"real/pump.csv": [["2031-01-31", "2031-02-01"]]}, "no step lies in the window"),
    ],
)
def test_windows_that_do_not_fit_are_said(windows: dict[str, object], told: str, tmp_path: Path) -> None:
    path = write_nab(tmp_path)
    put(tmp_path / "labels" / "combined_windows.json", json.dumps(windows))
    with pytest.raises(DataError, match=told):
        read_labelled(path)


def test_damaged_and_missing_files_and_folders_are_said(tmp_path: Path) -> None:
    path = write_npz(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=r"cannot be read .*, expected an \.npz file of numbers"):
        read_labelled(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_labelled(tmp_path / "nowhere_tr_1.npz")
    (tmp_path / "folder_tr_1.npz").mkdir()
    with pytest.raises(DataError, match="use read_collection"):
        read_labelled(tmp_path / "folder_tr_1.npz")
    with pytest.raises(DataError, match="no folder arrived"):
        read_collection(tmp_path / "nowhere")
    with pytest.raises(DataError, match="none of 0 files is a labelled series"):
        read_collection(tmp_path / "folder_tr_1.npz")
    with pytest.raises(OptionError, match="did you mean 'csv'"):
        read_labelled(path, form="cvs")
    with pytest.raises(OptionError, match="form 'x' is unknown"):
        read_collection(tmp_path, form="x")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"times": np.arange(3)}, "3 times arrived, expected 6"),
        ({"channels": ["a", "b"]}, "2 names of channels arrived, expected 1"),
        ({"n_train": -1}, "n_train=-1 arrived"),
    ],
)
def test_parts_that_do_not_fit_are_said(options: dict[str, object], told: str) -> None:
    with pytest.raises(DataError, match=f"pump: {told}"):
        LabelledSeries.of(VALUES, LABELS, name="pump", **{"n_train": 2, **options})


def test_the_public_files_are_read_as_they_are(benchmark_data: Path) -> None:
    folder = benchmark_data / "anomaly"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not on this machine")
    for form, count in (("tsb-ad-u", 18), ("tsb-ad-m", 23)):
        if not (folder / form).is_dir():
            pytest.skip(f"{folder / form} is not on this machine")
        collection = read_collection(folder / form)
        assert len(collection) >= count
        for series in collection:
            first = int(series.name.rsplit("_", 1)[1])  # ..._1st_N: the first anomaly
            assert series.labels.argmax() == first
            assert series.n_train <= first
