"""The text forms of the archives, .ts and .arff, are read as they are specified, and what breaks them is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from attime.data import SeriesSet, read
from attime.errors import DataError, OptionError

NAN = float("nan")
HEAD = "#about\n@problemName a\n@univariate false\n@classLabel true up down\n@data\n"
TIMED = "@timeStamps true\n@univariate true\n@classLabel false\n@data\n"
ARFF = "% about\n@RELATION a\n@attribute t0 numeric\n@attribute 't 1' REAL\n@attribute y {up,down}\n@DATA\n"
STEPS = "@attribute t0 numeric\n@attribute t1 numeric\n"
MANY = f"@relation a\n@attribute m relational\n{STEPS}@end m\n@attribute y {{1,2}}\n@data\n"


def read_text(folder: Path, name: str, content: str, **options: object) -> SeriesSet:
    path = folder / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return read(path, **options)


@pytest.mark.parametrize("name", ["a.ts", "a.ts.gz"])
def test_ts_channels_lengths_and_missing_values(tmp_path: Path, name: str) -> None:
    series = read_text(tmp_path, name, HEAD + "1, ?,3:4,5,6:up\n\n# a remark\n7:NaN: down \n")
    np.testing.assert_array_equal(series.values, [[[1, NAN, 3], [4, 5, 6]], [[7, NAN, NAN], [NAN] * 3]])
    assert (series.labels.tolist(), series.lengths.tolist()) == (["up", "down"], [3, 1])


def test_a_ts_channel_may_be_empty_or_end_earlier(tmp_path: Path) -> None:
    series = read_text(tmp_path, "a.ts", HEAD + ":1,2:up\n1:1,2,3:down\n")
    np.testing.assert_array_equal(series.values, [[[NAN] * 3, [1, 2, NAN]], [[1, NAN, NAN], [1, 2, 3]]])


@pytest.mark.parametrize(
    ("header", "words", "labels"),
    [
        ("@classLabel true 1 2", ["1", "2.0"], [1, 2]),
        ("@classLabel true 1 2 other", ["1", "2"], ["1", "2"]),
        ("@classLabel true", ["1", "b"], ["1", "b"]),
        ("@class_label TRUE 0.5 1", ["1", "1"], [1.0, 1.0]),
        ("@targetlabel true", ["1", "2e-3"], [1.0, 0.002]),
    ],
)
def test_ts_labels_have_the_kind_that_the_header_tells(
    tmp_path: Path, header: str, words: list[str], labels: list[object]
) -> None:
    lines = "".join(f"1,2:{word}\n" for word in words)
    read_labels = read_text(tmp_path, "a.ts", f"@univariate true\n{header}\n@data\n{lines}").labels.tolist()
    assert read_labels == labels
    assert [type(label) for label in read_labels] == [type(label) for label in labels]


@pytest.mark.parametrize("labels", ["@classLabel false\n@data\n1,2\n3,4\n", "@classLabel true\n@data\n1,2:?\n3,4:?\n"])
def test_ts_series_to_predict_need_no_labels(tmp_path: Path, labels: str) -> None:
    series = read_text(tmp_path, "a.ts", f"@univariate true\n{labels}", target="y", need_target=False)
    assert series.labels is None
    assert series.values.tolist() == [[[1, 2]], [[3, 4]]]


def test_ts_times_are_kept_where_they_are_uneven(tmp_path: Path) -> None:
    series = read_text(tmp_path, "a.ts", TIMED + "(0,1.5),(3,?),(4,2)\n(7,1),(5.5,2)\n")
    np.testing.assert_array_equal(series.values[:, 0], [[1.5, NAN, 2], [2, 1, NAN]])
    np.testing.assert_array_equal(series.times, [[0, 3, 4], [5.5, 7, 7]])
    assert read_text(tmp_path, "a.ts", TIMED + "(0,1.5),(1,?),(2,2)\n").times is None


def test_ts_dates_hold_colons_and_channels_may_have_times_of_their_own(tmp_path: Path) -> None:
    content = TIMED.replace("true\n@univariate true", "true\n@univariate false").replace(
        "false\n@data", "true a b\n@data"
    )
    case = "(2024-01-31 12:00:00,1), (2024-01-31 12:00:10,2) : (2024-01-31 12:00:04,3):a\n"
    series = read_text(tmp_path, "a.ts", content + case)
    np.testing.assert_array_equal(series.values, [[[1, NAN, 2], [NAN, 3, NAN]]])
    np.testing.assert_array_equal(series.times[0] - series.times[0, 0], [0, 4, 10])


def test_plain_arff(tmp_path: Path) -> None:
    series = read_text(tmp_path, "a.arff.gz", ARFF + "1,?,up\n% a remark\n\n3, 4, 'down'\n")
    np.testing.assert_array_equal(series.values[:, 0], [[1, NAN], [3, 4]])
    assert series.labels.tolist() == ["up", "down"]


def test_relational_arff(tmp_path: Path) -> None:
    series = read_text(tmp_path, "a.arff", MANY + "'1,2\\n?,4',1\n\"5,6\\n7,8\" , 2\n")
    np.testing.assert_array_equal(series.values, [[[1, 2], [NAN, 4]], [[5, 6], [7, 8]]])
    assert series.labels.tolist() == [1, 2]


def test_the_label_of_an_arff_file_can_be_named(tmp_path: Path) -> None:
    content = (
        "@relation a\n@attribute mood string\n@attribute t0 numeric\n@attribute t1 numeric\n@data\ngood,1,2\nbad,3,4\n"
    )
    series = read_text(tmp_path, "a.arff", content, target="mood")
    assert (series.labels.tolist(), series.n_steps) == (["good", "bad"], 2)
    with pytest.raises(DataError, match="'mood' holds words"):
        read_text(tmp_path, "a.arff", content)
    with pytest.raises(DataError, match="did you mean 'mood'"):
        read_text(tmp_path, "a.arff", content, target="moot")


@pytest.mark.parametrize(
    ("name", "content", "fragments"),
    [
        ("a.ts", HEAD.replace("@data\n", ""), ["no line @data"]),
        ("a.ts", HEAD.replace("@classLabel true up down\n", "") + "1:2:up\n", ["line 4", "@classLabel"]),
        ("a.ts", HEAD, ["no case"]),
        ("a.ts", HEAD + "1,2:3,x:up\n", ["line 6", "channel 1, step 1", "'x'"]),
        ("a.ts", HEAD + "1,2:3,4:up\n1,,2:3,4:up\n", ["line 7", "channel 0, step 1", "''", "write ?"]),
        ("a.ts", HEAD + "1,2:3, :up\n", ["line 6", "channel 1, step 1"]),
        ("a.ts", HEAD + "1,2:3,1e39:up\n", ["line 6", "'1e39'", "3.4e+38"]),
        ("a.ts", HEAD + "1;2:3;4:up\n", ["line 6", "'1;2'"]),
        ("a.ts", HEAD + "1,2:3,4:sideways\n", ["line 6", "'sideways'", "'up', 'down'"]),
        ("a.ts", HEAD + "1,2:3,4:up\n1,2:3,4:\n", ["line 7", "no label"]),
        ("a.ts", HEAD + "1,2:3,4:up\n1,2:3,4:5,6:up\n", ["line 7", "channels arrived: 3", "expected 2 as in line 6"]),
        ("a.ts", HEAD + "1,2:3,4:up\n?:?:up\n", ["line 7", "no value"]),
        ("a.ts", "@dimensions 3\n" + HEAD + "1,2:3,4:up\n", ["line 7", "2 channels", "expected 3", "@dimensions"]),
        ("a.ts", "@equalLength true\n@seriesLength 3\n" + HEAD + "1,2:3,4:up\n", ["line 8", "2 steps", "expected 3"]),
        ("a.ts", "@seriesLength many\n@equalLength true\n" + HEAD, ["line 1", "'many'", "above 0"]),
        ("a.ts", "@missing perhaps\n@timestamps perhaps\n" + HEAD, ["line 2", "'perhaps'", "true or false"]),
        ("a.ts", "@targetLabel true\n" + HEAD, ["line 1", "expected one"]),
        ("a.ts", HEAD.replace("@classLabel true up down", "@targetLabel true") + "1:2:5\n1:2:up\n", ["line 7", "'up'"]),
        ("a.ts", "1,2:3,4:up\n" + HEAD, ["line 1", "before @data"]),
        ("a.ts", HEAD.replace("true up down", "false") + "(0,1),(1,2)\n", ["line 6", "'(0'"]),
        ("a.ts", TIMED + "(0,1),(1,2)\n(0,1)(1,2)\n", ["line 6", "(time,value)"]),
        ("a.ts", TIMED + "(0,1),(1,2)\n(soon,1),(1,2)\n", ["line 6", "'soon'", "date"]),
        ("a.ts", TIMED + "(0,1),(1,2)\n(0,1),(0,2)\n", ["line 6", "same time"]),
        ("a.ts", TIMED + "(0,1),(1,x)\n", ["line 5", "'x'"]),
        ("a.ts", TIMED + "(0,?)\n", ["line 5", "no value"]),
        ("a.arff", ARFF.replace("@DATA\n", ""), ["no line @data"]),
        ("a.arff", ARFF + "1,x,up\n", ["line 7", "'t 1'", "'x'"]),
        ("a.arff", ARFF + "1,2,up\n1,2\n", ["line 8", "2 fields"]),
        ("a.arff", ARFF + "1,2,sideways\n", ["line 7", "'sideways'", "'up', 'down'"]),
        ("a.arff", ARFF + "1,2,?\n", ["line 7", "no label"]),
        ("a.arff", ARFF + "?,?,up\n", ["line 7", "no value"]),
        ("a.arff", ARFF + "{0 1, 2 up}\n", ["line 7", "braces"]),
        ("a.arff", ARFF.replace("numeric", "date"), ["line 3", "date", "numeric"]),
        ("a.arff", ARFF.replace("@attribute t0", "@atribute t0"), ["line 3", "did you mean '@attribute'"]),
        ("a.arff", ARFF.replace("'t 1'", "t0") + "1,2,up\n", ["line 4", "'t0'", "second time"]),
        ("a.arff", MANY + "'1,2\\n3,4',1\n'1,2\\n3',2\n", ["line 9", "channel 1", "1 steps", "expected 2"]),
        ("a.arff", MANY + "'1,2\\n3,4',1\n'1,2',2\n", ["line 9", "channels arrived: 1", "expected 2 as in line 8"]),
        ("a.arff", MANY + "'1,2\\n3,4,1\n", ["line 8", "quotation marks"]),
        ("a.arff", MANY + "'1,2\\n3,4',3\n", ["line 8", "label '3'"]),
        ("a.arff", MANY.replace("@end m\n", ""), ["line 6", "@data"]),
    ],
)
def test_the_place_of_the_fault_is_named(tmp_path: Path, name: str, content: str, fragments: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        read_text(tmp_path, name, content)
    assert all(fragment in str(caught.value) for fragment in [str(tmp_path / name), *fragments]), caught.value
    assert "\n" not in str(caught.value)


def test_a_column_of_labels_is_not_asked_of_a_ts_file(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="after the last colon"):
        read_text(tmp_path, "a.ts", HEAD + "1:2:up\n", target="y")
