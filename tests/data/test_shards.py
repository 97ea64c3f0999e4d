"""Files in pieces: the pieces are the file, whatever its form, and what is wrong with one is told with its name."""

from __future__ import annotations

import gc
import gzip
import re

import numpy as np
import pandas as pd
import pytest

from attime.data import SeriesSet, read, shards, write
from attime.data.shards import gathered, tables, text
from attime.data.table import Table
from attime.errors import DataError, OptionError, OutputError

FEW = 2**9  # numbers at a time, so that small files have many pieces


@pytest.fixture(autouse=True)
def _small_files_are_cut_too(monkeypatch):
    monkeypatch.setattr(text, "ANY_ORDER", 1)
    monkeypatch.setattr(tables, "ANY_ORDER", 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The same series in every form: plain ones, and ones of several channels, unequal lengths and uneven times."""
    place = tmp_path_factory.mktemp("forms")
    rng = np.random.default_rng(0)
    values = rng.normal(size=(700, 12)).round(4)
    values[rng.random(values.shape) < 0.05] = np.nan
    static = pd.DataFrame({"age": rng.integers(20, 80, 700).astype(float), "sex": rng.choice(["f", "m"], 700)})
    plain = SeriesSet.of(values, rng.choice(["up", "down"], 700))
    known = SeriesSet.of(values, plain.labels, static=static)
    write(known, place / "wide.csv", layout="wide")
    frame = pd.read_csv(place / "wide.csv")
    frame.to_csv(place / "packed.csv.gz", index=False)
    frame.to_parquet(place / "wide.parquet", row_group_size=97)
    write(plain, place / "plain.csv", layout="wide")
    pd.read_csv(place / "plain.csv").set_index("label").to_csv(
        place / "archive.tsv", sep="\t", header=False, na_rep="NaN"
    )
    write(plain, place / "plain.ts")
    arff = [",".join(["?" if np.isnan(value) else str(value) for value in row]) for row in values]
    lines = [f"@attribute s{step} numeric" for step in range(12)] + ["@attribute class {up,down}", "@data"]
    lines += [f"{row},{label}" for row, label in zip(arff, plain.labels, strict=True)]
    (place / "plain.arff").write_text("\n".join(["@relation r", *lines]) + "\n")
    write(known, place / "packed.npz")
    np.savez(place / "plain.npz", X=plain.values, y=plain.labels, truth=rng.random((700, 12)) < 0.5)
    np.save(place / "X.npy", plain.values)
    np.save(place / "y.npy", plain.labels)
    lengths = rng.integers(2, 20, 200)
    ragged = SeriesSet.of(
        [rng.normal(size=(2, length)) for length in lengths],
        rng.choice(["up", "down"], 200),
        channels=["left", "right"],
        times=np.cumsum(rng.integers(1, 4, (200, lengths.max())), axis=1),
    )
    write(ragged, place / "long.csv")
    pd.read_csv(place / "long.csv").to_parquet(place / "long.parquet")
    write(ragged, place / "stamped.ts")
    return place


FORMS = {
    "wide.csv": {"target": "label", "static": ["age", "sex"]},
    "packed.csv.gz": {"target": "label", "static": ["age", "sex"]},
    "wide.parquet": {"target": "label", "static": ["age", "sex"]},
    "archive.tsv": {},
    "plain.ts": {},
    "plain.arff": {},
    "packed.npz": {},
    "plain.npz": {},
    "X.npy": {},
    "long.csv": {"target": "label"},
    "long.parquet": {"target": "label"},
    "stamped.ts": {},
}


@pytest.mark.parametrize("name", FORMS)
def test_pieces_are_the_file(name, folder, tmp_path):
    expected = read(folder / name, **FORMS[name])
    pieces = shards(folder / name, n_numbers=FEW, **FORMS[name])
    assert max(map(len, pieces)) < len(expected) / 2
    found = gathered(pieces, tmp_path)
    np.testing.assert_array_equal(found.values, expected.values)
    assert found.labels.tolist() == expected.labels.tolist()
    assert found.channels == expected.channels
    if expected.times is None:
        assert found.times is None
    else:
        np.testing.assert_array_equal(found.times, expected.times)
    if expected.static is not None:
        pd.testing.assert_frame_equal(found.static, expected.static)


@pytest.mark.parametrize("name", ["wide.parquet", "packed.npz", "plain.npz", "X.npy"])
def test_cases_are_counted_without_being_read(name, folder):
    assert shards(folder / name, **FORMS[name]).n_cases == 700


def test_even_times_tell_nothing_and_are_no_times(tmp_path):
    rows = [(case, 5 * step, case + step) for case in range(300) for step in range(4)]
    pd.DataFrame(rows, columns=["id", "time", "x"]).to_csv(tmp_path / "even.csv", index=False)
    assert read(tmp_path / "even.csv").times is None
    assert gathered(shards(tmp_path / "even.csv", n_numbers=FEW), tmp_path).times is None


def test_a_field_in_quotation_marks_may_have_several_lines(tmp_path):
    lines = "".join(f'"a ""{number}""\nand more",{number},1,2\n' for number in range(500))
    (tmp_path / "quoted.csv").write_text("label,0,1,2\n" + lines)
    expected = read(tmp_path / "quoted.csv", target="label")
    labels = [
        label for piece in shards(tmp_path / "quoted.csv", target="label", n_numbers=FEW) for label in piece.labels
    ]
    assert labels == expected.labels.tolist()


def test_rows_of_a_case_in_any_order_within_a_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(text, "ANY_ORDER", 2**20)
    rows = [(f"c{case}", step, case * step) for step in range(30) for case in range(50)]
    pd.DataFrame(rows, columns=["id", "time", "x"]).to_csv(tmp_path / "by_time.csv", index=False)
    [piece] = shards(tmp_path / "by_time.csv", n_numbers=FEW)
    np.testing.assert_array_equal(piece.values, read(tmp_path / "by_time.csv").values)


def test_a_label_may_begin_like_a_remark(tmp_path):
    lines = "".join(f"#{number % 2},{number},1,2\n" for number in range(500))
    (tmp_path / "marked.csv").write_text("label,0,1,2\n" + lines)
    assert sum(map(len, shards(tmp_path / "marked.csv", target="label", n_numbers=FEW))) == 500


def test_dates_of_ts_files_are_refused_likewise(tmp_path):
    head = "@problemName days\n@timeStamps true\n@univariate true\n@classLabel true a b\n@data\n"
    case = ",".join(f"({{day}}/01/2024 {hour:02}:00,{hour})" for hour in range(20))
    lines = [f"{case.format(day=13)}:a\n", *[f"{case.format(day=f'{day:02}')}:b\n" for day in range(1, 13)] * 60]
    (tmp_path / "days.ts").write_text(head + "".join(lines))
    with pytest.raises(DataError, match=r"days.ts, line \d+: time .* arrived, expected .* like 2024-01-31"):
        list(shards(tmp_path / "days.ts", n_numbers=64))
    (tmp_path / "few.ts").write_text(head + lines[0])
    [piece] = shards(tmp_path / "few.ts")
    assert piece.n_steps == 20


def test_dates_that_may_mean_two_things_are_refused_where_pieces_might_differ(tmp_path, monkeypatch):
    rows = [("z", f"{day}/01/2024", 1) for day in range(13, 25)]
    rows += [
        (f"c{case}", f"{day:02}/0{month}/2024", 1) for case in range(20) for month in (1, 2) for day in range(1, 13)
    ]
    pd.DataFrame(rows, columns=["id", "time", "x"]).to_csv(tmp_path / "days.csv", index=False)
    with pytest.raises(DataError, match=r"days.csv, line 2: time '13/01/2024' arrived, expected .* like 2024-01-31"):
        list(shards(tmp_path / "days.csv", n_numbers=64))
    monkeypatch.setattr(text, "ANY_ORDER", 2**20)
    [piece] = shards(tmp_path / "days.csv", n_numbers=64)
    np.testing.assert_array_equal(piece.times, read(tmp_path / "days.csv").times)


def test_of_a_long_table_only_a_piece_is_held(tmp_path):
    rows = [(case, step, case + step) for case in range(2000) for step in range(5)]
    pd.DataFrame(rows, columns=["id", "time", "x"]).to_csv(tmp_path / "long.csv", index=False)
    pieces = iter(shards(tmp_path / "long.csv", n_numbers=FEW))
    for _ in range(10):
        next(pieces)
    held = [thing for thing in gc.get_objects() if type(thing) in (Table, text.Block)]
    assert len(held) < 10


def test_static_columns_of_other_names_do_not_become_one_table(tmp_path):
    for name, column in {"a.npz": "age", "b.npz": "weight"}.items():
        np.savez(tmp_path / name, X=np.ones((3, 4)), static=np.ones((3, 1)), static_names=[column])
    with pytest.raises(
        DataError, match=r"b.npz: the static column 'weight' arrived .* expected the static column 'age'"
    ):
        list(shards(tmp_path, need_target=False))


def test_files_of_a_folder_come_in_the_order_of_their_names(tmp_path):
    for number, name in enumerate(["b.csv", "a.csv", "c.csv.gz"]):
        with (gzip.open if name.endswith("gz") else open)(tmp_path / name, "wt") as file:
            file.write(f"0,1\n{number},1\n")
    (tmp_path / "notes.md").write_text("not a series")
    (tmp_path / ".hidden.csv").write_text("nor this")
    assert [piece.values[0, 0, 0] for piece in shards(tmp_path)] == [1, 0, 2]
    assert [piece.source for piece in shards(str(tmp_path / "[ab].csv"))] == [
        str(tmp_path / "a.csv"),
        str(tmp_path / "b.csv"),
    ]


def test_a_wrong_cell_is_named_by_its_line_wherever_it_is(folder, tmp_path):
    lines = (folder / "plain.csv").read_text().splitlines()
    lines[600] = lines[600].rpartition(",")[0] + ",x"
    (tmp_path / "wrong.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"wrong.csv, line 601, column '11': 'x' arrived"):
        list(shards(tmp_path / "wrong.csv", target="label", n_numbers=FEW))


def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path):
    (tmp_path / "wrong.csv").write_bytes(b"0,1,2\n" + b"1,2,3\n" * 2000 + b"1,\xff,2\n")
    with pytest.raises(DataError, match=r"wrong.csv, line 2002: byte 0xff"):
        list(shards(tmp_path / "wrong.csv", n_numbers=FEW))


@pytest.mark.parametrize("name", ["packed.csv.gz", "wide.parquet", "packed.npz", "plain.npz", "X.npy"])
def test_half_a_file_is_one_clear_error(name, folder, tmp_path):
    whole = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    options = {"target": "label", "static": ["age", "sex"]} if name in ("packed.csv.gz", "wide.parquet") else {}
    with pytest.raises(DataError, match=re.escape(name)):
        list(shards(tmp_path / name, n_numbers=FEW, **options))


TWO = "0,1\n1,2\n"
WRONG = {
    "an empty folder": ({}, "", "no file of series is in this folder"),
    "nothing that matches": ({}, "*.csv", "no file matches this pattern"),
    "mixed forms": ({"a.csv": TWO, "b.ts": "@data\n1,2\n"}, "", "a file of the form ts arrived, expected csv"),
    "other columns": ({"a.csv": TWO, "b.csv": "0,2\n1,2\n"}, "", "the column '2' arrived, expected '1'"),
    "more columns": ({"a.csv": TWO, "b.csv": "0,1,2\n1,2,3\n"}, "", "3 columns of values arrived, expected 2"),
    "other channels": ({"a.csv": "id,time,x\n1,1,1\n", "b.csv": "id,time,y\n1,1,1\n"}, "", "'y' arrived, expected 'x'"),
    "other lengths": ({"a.tsv": "1\t2\t3\n", "b.tsv": "1\t2\t3\t4\n"}, "", "3 steps arrived, expected 2"),
    "two kinds of labels": ({"a.tsv": "1\t2\t3\n", "b.tsv": "up\t2\t3\n"}, "", "labels are words here, but numbers"),
    "labels and none": (
        {"a.ts": "@classLabel true\n@data\n1,2:up\n", "b.ts": "@classLabel false\n@data\n1,2\n"},
        "",
        "nothing arrived",
    ),
    "a case that comes back": (
        {"b.csv": "id,time,x\n" + "".join(f"{case % 400},{case},1\n" for case in range(800))},
        "",
        "line 402: case '0' goes on after rows of other cases",
    ),
}


@pytest.mark.parametrize(("files", "pattern", "message"), WRONG.values(), ids=WRONG)
def test_what_does_not_belong_together_is_one_clear_error(files, pattern, message, tmp_path):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=message) as told:
        list(shards(tmp_path / pattern, n_numbers=64))
    assert not files or str(told.value).startswith(str(tmp_path / max(files)))


def test_arrays_that_are_stored_by_columns_are_refused(tmp_path):
    np.save(tmp_path / "X.npy", np.asfortranarray(np.ones((100, 30))))
    with pytest.raises(DataError, match=r"column by column.*ascontiguousarray"):
        list(shards(tmp_path / "X.npy", n_numbers=FEW))


def test_options_that_do_not_fit_are_refused(folder):
    with pytest.raises(OptionError, match=r"only .npz files have parts"):
        shards(folder / "wide.csv", part="train")
    with pytest.raises(OptionError, match="n_numbers=0"):
        shards(folder / "wide.csv", n_numbers=0)


def test_a_full_disk_is_told(folder):
    with pytest.raises(OutputError, match="set TMPDIR to a larger disk"):
        gathered(shards(folder / "plain.npz"), "/dev/full")
