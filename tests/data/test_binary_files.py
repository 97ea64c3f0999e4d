"""Arrays and tables in binary files are read as they are, and no file can run anything or fill the memory."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attime.data import read
from attime.errors import DataError, MissingExtraError, OptionError

X = np.arange(12, dtype=np.float32).reshape(3, 1, 4)
Y = np.array(["a", "b", "a"])


class Hostile:
    """Makes a folder if it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def test_the_part_of_an_npz_file_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, X_train=X, y_train=Y, X_test=X[:2] + 1, y_test=Y[:2], mask_test=np.zeros(3))
    assert read(path, part="train").labels.tolist() == ["a", "b", "a"]
    np.testing.assert_array_equal(read(path, part="test").values, X[:2] + 1)
    np.testing.assert_array_equal(read(f"{path}:test").values, X[:2] + 1)
    for wrong in ({}, {"part": "validation"}):
        with pytest.raises(OptionError, match=r"expected one of train, test"):
            read(path, **wrong)
    with pytest.raises(OptionError, match="once"):
        read(f"{path}:test", part="train")
    with pytest.raises(OptionError, match=r"only \.npz"):
        read(tmp_path / "a.csv", part="train")


def test_arrays_keep_their_precision_and_their_padding(tmp_path: Path) -> None:
    values = X[:, 0].copy()
    values[1, 2:] = np.nan
    np.savez_compressed(tmp_path / "a.npz", X=values, y=np.array([3, 1, 2], dtype=np.int8))
    series = read(tmp_path / "a.npz")
    assert series.values.dtype == np.float32
    assert (series.lengths.tolist(), series.labels.tolist()) == ([4, 2, 4], [3, 1, 2])


def test_labels_stand_in_the_npy_file_beside(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", X)
    assert read(tmp_path / "X.npy").labels is None
    np.save(tmp_path / "y.npy", Y)
    assert read(tmp_path / "X.npy").labels.tolist() == ["a", "b", "a"]
    np.save(tmp_path / "walks_X_train.npy", X)
    np.save(tmp_path / "walks_y_train.npy", Y[::-1] == "b")
    assert read(tmp_path / "walks_X_train.npy").labels.tolist() == [False, True, False]
    np.save(tmp_path / "Xylophone.npy", X)
    assert read(tmp_path / "Xylophone.npy").labels is None


@pytest.mark.parametrize("name", ["a.npz", "X.npy", "X_y.npz"])
def test_pickled_objects_are_never_run(tmp_path: Path, name: str) -> None:
    trace = tmp_path / "trace"
    ragged = np.array([Hostile(trace), None], dtype=object)
    if name == "X.npy":
        np.save(tmp_path / name, ragged)
    else:
        np.savez(tmp_path / name, **({"X": ragged} if name == "a.npz" else {"X": X, "y": ragged}))
    with pytest.raises(DataError, match="could run anything"):
        read(tmp_path / name)
    assert not trace.exists()


def header(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (header("(1000000000000, 1, 1000)"), "promises 8,000,000,000,000,000 bytes"),
        (header("(3, 4)") + b"\0" * 50, "not a whole file"),
        (header("(-3, 4)") + b"\0" * 96, "not a whole file"),
        (header("(3, 4)", "'<V0'"), "not a whole file"),
        (header("(2, 1)", "'<c16'") + b"\0" * 32, "complex128"),
        (header("(2, 1)", "'<U1'") + b"\xff" * 8, "letters"),
        (header("(" * 3000), "not a whole file"),
        (b"no numbers", "not a whole file"),
        (b"", "not a whole file"),
    ],
)
def test_a_header_that_promises_too_much_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "X.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("X.npy", content)
    for name in ("X.npy", "a.npz"):
        with pytest.raises(DataError, match=told) as caught:
            read(tmp_path / name)
        assert str(tmp_path / name) in str(caught.value)


def test_files_that_unpack_to_far_more_than_they_are_fill_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attime.data.limits.UNASKED", 100_000)
    np.savez_compressed(tmp_path / "a.npz", X=np.zeros((1000, 1000)))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"0,1\n" + b"1,2\n" * 10**6))
    rows = "".join(f"{case},0,1\n" for case in range(2000)) + "".join(f"x,{step},1\n" for step in range(2000))
    (tmp_path / "a.csv").write_text(f"id,time,x\n{rows}")
    lines = "1\n" * 2000 + ",".join(["1"] * 2000)
    (tmp_path / "a.ts").write_text(f"@univariate true\n@classLabel false\n@data\n{lines}\n")
    for name in ("a.npz", "a.csv.gz", "a.csv", "a.ts"):
        with pytest.raises(DataError, match="in memory, expected 100 times as many at most"):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"data": X, "label": Y}, "no array X"),
        ({"X": X, "y": Y[:2]}, r"labels of shape \(2,\)"),
        ({"X": X[0, 0]}, r"shape \(4,\)"),
        ({"X": np.full((2, 3), np.inf)}, "holds inf"),
        ({"X": X, "y": np.array([1.0, np.nan, 2.0])}, "label of case 1"),
        ({"X": X, "channels": np.array([["a"]])}, "channels of shape"),
        ({"X": X, "truth": np.full((3, 4), 7)}, "truth holds"),
        ({"X": X, "times": np.zeros((3, 4))}, "expected a number above"),
        ({"X": Y}, "X of type <U1"),
    ],
)
def test_arrays_that_do_not_fit_are_named(tmp_path: Path, arrays: dict[str, np.ndarray], told: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=told) as caught:
        read(tmp_path / "a.npz")
    assert str(tmp_path / "a.npz") in str(caught.value)


def test_binary_files_have_no_columns_and_are_not_packed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=X)
    with pytest.raises(OptionError, match="in the array y"):
        read(tmp_path / "a.npz", target="label")
    assert read(tmp_path / "a.npz", target="label", need_target=False).labels is None
    with pytest.raises(OptionError, match="unpack it first"):
        read(tmp_path / "a.npz.gz")
    with pytest.raises(DataError, match=r"b\.npz: cannot be read \(No such file"):
        read(tmp_path / "b.npz")


@pytest.mark.parametrize(
    "content",
    [
        "label,0,1\nup,1,2.5\ndown,,4\n",
        "id,time,label,x,y\na,2,1,5,\na,1,1,3,4\nb,2,2,1,1\n",
        "id,time,x\n1,2024-01-01,1\n1,2024-01-03,2\n1,2024-01-04,3\n",
    ],
)
@pytest.mark.parametrize("as_dates", [False, True])
def test_parquet_tables_are_read_like_csv_tables(tmp_path: Path, content: str, as_dates: bool) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "a.csv").write_text(content)
    frame = pd.read_csv(io.StringIO(content))
    if as_dates and "2024" in content:
        frame["time"] = pd.to_datetime(frame["time"])
    frame.to_parquet(tmp_path / "a.parquet")
    target = "label" if "label" in content else None
    expected, found = read(tmp_path / "a.csv", target=target), read(tmp_path / "a.parquet", target=target)
    np.testing.assert_array_equal(found.values, expected.values)
    assert (found.channels, found.n_steps) == (expected.channels, expected.n_steps)
    assert target is None or found.labels.tolist() == expected.labels.tolist()
    if expected.times is not None:
        np.testing.assert_array_equal(found.times, expected.times)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"label": ["a", None], "0": [1.0, 2.0]}, r"row 1 \(counting from 0\): no label"),
        ({"label": ["a", "b"], "0": ["x", "y"]}, "column '0'"),
        ({"label": ["a", "b"], "0": [1.0, np.inf]}, "row 1 .*column '0': inf"),
        ({"lable": ["a", "b"], "0": [1.0, 2.0]}, "did you mean 'lable'"),
        ({"label": [], "0": []}, "empty"),
    ],
)
def test_the_row_of_a_fault_in_parquet_is_named(tmp_path: Path, columns: dict[str, list[object]], told: str) -> None:
    pytest.importorskip("pyarrow")
    pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=told):
        read(tmp_path / "a.parquet", target="label")


def test_parquet_without_its_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"attime\[parquet\]"):
        read(tmp_path / "a.parquet")
