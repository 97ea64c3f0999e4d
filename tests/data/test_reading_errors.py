"""A file that cannot be used is refused in one line that says where to look."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from attime.data import read
from attime.errors import DataError, OptionError

WIDE, LONG = "y,0,1\n", "id,time,y,x\n"


@pytest.mark.parametrize(
    ("name", "content", "fragments"),
    [
        ("a.csv", "", ["empty"]),
        ("a.csv", " \n\n", ["empty"]),
        ("a.tsv", "\n", ["empty"]),
        ("a.csv", WIDE, ["no rows"]),
        ("a.csv", LONG, ["no rows"]),
        ("a.csv", WIDE + "a,1,2\nb,x,2\n", ["line 3", "column '0'", "'x'", "finite number"]),
        ("a.csv", WIDE + "a,1,2\n\nb,1,x\n", ["line 4", "column '1'", "'x'"]),
        ("a.csv", WIDE + '"two\nlines",1,2\nb,1,x\n', ["line 4", "column '1'", "'x'"]),
        ("a.csv", WIDE + "a,1,1_000\n", ["line 2", "column '1'", "'1_000'"]),
        ("a.csv", WIDE + "a,1,2\nb,inf,2\n", ["line 3", "column '0'", "'inf'"]),
        ("a.csv", WIDE + "a,1,1e39\n", ["line 2", "column '1'", "'1e39'", "3.4e+38"]),
        ("a.csv", WIDE + "a,1,1e400\n", ["line 2", "column '1'", "'1e400'"]),
        ("a.csv", WIDE + "a,1,2\nb,1\n", ["line 3", "2 fields", "expected 3"]),
        ("a.csv", WIDE + "a,1,2\nb,1,2,3\n", ["line 3", "4 fields", "expected 3"]),
        ("a.csv", WIDE + "a,1,2,3\nb,1,2,3\n", ["line 2", "4 fields", "expected 3"]),
        ("a.csv", WIDE + "a,1,2,\nb,1,2,\n", ["line 2", "4 fields", "expected 3"]),
        ("a.csv", "0,1,y\n1,2,a\n1,2\n", ["line 3", "2 fields"]),
        ("a.csv", WIDE + "a,1,2\nb,,NaN\n", ["line 3", "no value"]),
        ("a.csv", WIDE + "a,1,2\n,1,2\n", ["line 3", "label", "'y'"]),
        ("a.csv", WIDE + 'a,1,"2\nb,1,2\n', ["line 2", "quotation"]),
        ("a.csv", "Y,0,1\na,1,2\n", ["line 1", "no column 'y'", "label", "known are Y, 0, 1"]),
        ("a.csv", "0.1,0.3,0.2\n0.4,0.5,0.6\n", ["line 1", "names of the columns"]),
        ("a.csv", "y\na\n", ["line 1", "no column of values"]),
        ("a.csv", ",y,0\n0,a,1\n", ["line 1", "column 1", "index=False"]),
        ("a.csv", "y,0,0\na,1,2\n", ["line 1", "column 3", "second time"]),
        ("a.csv", "time,y,x\n1,a,2\n", ["line 1", "'time'", "no column 'id'", "case=…"]),
        ("a.csv", LONG + "1,1,a,5\n1,2,a,x\n", ["line 3", "column 'x'", "'x'"]),
        ("a.csv", LONG + "1,1,a,5\n1,2,a,-inf\n", ["line 3", "column 'x'", "'-inf'"]),
        ("a.csv", LONG + "1,1,a,5\n1,2,a\n", ["line 3", "3 fields"]),
        ("a.csv", LONG + "1,1,a,5\n1,1,a,6\n", ["line 3", "time '1'", "twice", "case '1'"]),
        ("a.csv", LONG + "1,1,a,5\n1,1.0,a,6\n", ["line 3", "time '1.0'", "twice"]),
        ("a.csv", LONG + "1,1,a,5\n1,2,b,6\n", ["line 3", "label 'b'", "case '1'", "expected 'a'"]),
        ("a.csv", LONG + "1,1,a,5\n1,soon,a,6\n", ["line 3", "'soon'", "column 'time'"]),
        ("a.csv", LONG + "1,2024-01-01,a,5\n1,2024-02-31,a,6\n", ["line 3", "'2024-02-31'"]),
        ("a.csv", LONG + "1,1,a,5\n1,,a,6\n", ["line 3", "no time"]),
        ("a.csv", LONG + "1,1,a,5\n1,inf,a,6\n", ["line 3", "'inf'"]),
        ("a.csv", LONG + "1,1,a,5\n,2,a,6\n", ["line 3", "no case", "'id'"]),
        ("a.csv", LONG + "1,1,a,5\n2,1,,6\n", ["line 3", "label"]),
        ("a.csv", LONG + "1,1,a,5\n2,1,b,\n", ["line 3", "no value", "case '2'"]),
        ("a.csv", "id,time,y\n1,1,a\n", ["line 1", "no column of values"]),
        ("a.csv", "id,time,Yy,x\n1,1,a,2\n", ["line 1", "no column 'y'"]),
    ],
)
def test_the_place_of_the_fault_is_named(tmp_path: Path, name: str, content: str, fragments: list[str]) -> None:
    refuse(tmp_path / name, content.encode(), fragments, target="y" if name.endswith("csv") else None)


@pytest.mark.parametrize(
    ("name", "content", "fragments"),
    [
        ("a.tsv", b"1\t2\t3\n1\t2\tx\n", ["line 2", "column 'step 2'", "'x'"]),
        ("a.tsv", b"class\tt0\tt1\n1\t2\t3\n", ["line 1", "'t0'", "no header"]),
        ("a.tsv", b"1\t2\t3\n1\t2\n", ["line 2", "2 fields", "expected 3"]),
        ("a.tsv", b"1\t2\t3\n1\t2\t3\t4\n", ["line 2", "4 fields", "expected 3"]),
        ("a.txt", b"1 2 3\n1 2 inf\n", ["line 2", "column 'step 2'", "'inf'"]),
        ("a.tsv", b"1\t2\t3\nNaN\t2\t3\n", ["line 2", "label"]),
        ("a.tsv", b"1\t2\t3\n1\tNaN\tNaN\n", ["line 2", "no value"]),
        ("a.txt", b"1\n2\n", ["line 1", "one field"]),
        ("a.csv", "0,1\n1,2\n1,\xfc\n".encode("latin-1"), ["line 3", "0xfc", "UTF-8"]),
        ("a.csv.gz", b"0,1\n1,2\n", ["gzip"]),
        ("a.csv.gz", gzip.compress(b"0,1\n1,2\n" * 99, mtime=0)[:-20], ["gzip"]),
        ("a.csv", b"0,1\nwalk,2\n", ["line 2", "column '0'", "'walk'", "as target", "as static"]),
    ],
)
def test_the_place_of_the_fault_is_named_without_labels(
    tmp_path: Path, name: str, content: bytes, fragments: list[str]
) -> None:
    refuse(tmp_path / name, content, fragments, target=None)


def refuse(path: Path, content: bytes, fragments: list[str], target: str | None) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(path, target=target)
    assert all(fragment in str(caught.value) for fragment in [str(path), *fragments]), caught.value
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("nowhere.csv", "folder.csv"):
        with pytest.raises(DataError, match=name):
            read(tmp_path / name)


def test_a_near_miss_of_the_column_of_labels_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("label,0,1\na,1,2\n")
    with pytest.raises(DataError, match="did you mean 'label'"):
        read(tmp_path / "a.csv", target="lable")


@pytest.mark.parametrize(
    ("name", "options", "fragments"),
    [
        ("a.xlsx", {}, ["'.xlsx'", ".tsv, .txt, .csv", "save the sheet as CSV"]),
        ("a.dat", {}, ["'.dat'", "rename the file, or say its layout"]),
        ("a", {}, ["a name without an ending", "layout"]),
        ("a.csv", {"layout": "wdie"}, ["'wdie'", "did you mean 'wide'?"]),
        ("a.tsv", {"target": "y"}, ["target='y'", "first column"]),
    ],
)
def test_options_that_do_not_fit_are_refused(
    tmp_path: Path, name: str, options: dict[str, str], fragments: list[str]
) -> None:
    (tmp_path / name).write_text("1\t2\t3\n")
    with pytest.raises(OptionError) as caught:
        read(tmp_path / name, **options)
    assert all(fragment in str(caught.value) for fragment in fragments), caught.value


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a folder arrived, expected a file"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("label;0;1\na;1,5;2\n", "semicolons"),
        ('"label";"0,5";"1"\n"a";1;2\n', "semicolons"),
        ("\n \nlabel\t0\t1\na\t1\t2\n", "tabs"),
    ],
)
@pytest.mark.parametrize("target", ["label", None])
def test_another_separator_is_called_so(tmp_path: Path, content: str, expected: str, target: str | None) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(DataError, match=f"separated by {expected}, expected commas"):
        read(tmp_path / "a.csv", target=target)


def test_a_semicolon_within_a_name_separates_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('label,x [a; b],"c;d"\nup,1,2\n')
    assert read(tmp_path / "a.csv", target="label").n_steps == 2
    (tmp_path / "b.csv").write_text('"x;y"\n1\n')
    assert read(tmp_path / "b.csv").n_steps == 1


def test_long_names_are_cut_where_they_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",".join(f"{number}{'x' * 150}" for number in range(20)) + "\n")
    with pytest.raises(DataError, match="known are 0xxx") as caught:
        read(tmp_path / "a.csv", target="label")
    assert len(str(caught.value)) < 1000
