"""Whatever happens to a file, a reader reads it or says in our own words what is wrong with it."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from attime.data import SeriesSet, read
from attime.errors import AttimeError

WIDE = "label,0,1,2,3\nup,1.5,-2,,4e-3\ndown,0.25,1,2,3\nup,7,8,9,10\ndown,1,2,,\n"
LONG = "id,time,label,x,y\na,1,up,1.5,2\na,2.5,up,,3\nb,2024,down,-1,2\nb,2025,down,4,5\nb,2027,down,6,\n"
DATES = "id,time,label,x\na,2024-01-01,1,1.5\na,2024-01-02 12:00,1,\nb,2024-02-01,2,-1\n"
UCR = "1\t0.5\t1.5\t-2e3\tNaN\n2\t1\t2\t3\t4\n1.0000000e+00\t5\tNaN\t6\t7\n"
TS = (
    "# about\n@problemName walks\n@timeStamps false\n@missing true\n@univariate false\n@dimensions 2\n"
    "@equalLength false\n@classLabel true 1 2 3\n@data\n1.5,?,3:0.5,1,2:1\n1,2:3,?:2\n-1e3,2,3,4:5,6,7,8:1\n"
)
EQUAL = (
    "@problemName walks\n@timeStamps false\n@univariate true\n@equalLength true\n@seriesLength 3\n@targetlabel true\n"
    "@data\n1,2,3:0.5\n4,?,6:1e2\n7,8,9:-3\n"
)
STAMPED = (
    "@timeStamps true\n@univariate false\n@dimensions 2\n@equalLength false\n@classLabel true up down\n@data\n"
    "(2024-01-31 12:00:00,1.5),(2024-01-31 13:30:00,?):(2024-01-31 12:00:00,2):up\n"
    "(2024-02-01 00:00:00,3):(2024-02-01 00:00:00,4),(2024-02-01 02:00:00,5):down\n"
)
NUMBERED = "@timestamps true\n@univariate true\n@classlabel false\n@data\n(0,1.5),(3,2),(4,?)\n(1,1),(2,2)\n"
PLAIN = (
    "% about\n@relation walks\n\n@attribute t0 numeric\n@attribute 't 1' real\n@attribute target {up,down}\n\n@data\n"
    "1.5,2,up\n?,-3e2,down\n4,5,up\n"
)
RELATIONAL = (
    "@relation walks\n@attribute both relational\n\t@attribute t0 numeric\n\t@attribute t1 numeric\n"
    "\t@attribute t2 numeric\n@end both\n@attribute class {1,2}\n@data\n'1,2,3\\n4,?,6',1\n\"-1,2e3,3\\n4,5,6\",2\n"
)
ODD = (
    "", "?", "nan", "inf", "1e999", "-", "(", ")", "'", '"', "\0", "true", "@data", "9" * 5000, "{", "}", "%", "::",
    ",", "1_0", "\u0661", "\r", "\\n", "\ufeff", " ", "\t", "None", "1,2,3", "#", "-9223372036854775809", "0x10",
)  # fmt: skip

Seed = tuple[str, Callable[[], bytes], dict[str, str]]


def npz() -> bytes:
    file = io.BytesIO()
    series = SeriesSet.of(np.arange(24.0).reshape(3, 2, 4), [1, 2, 1], times=np.arange(12).reshape(3, 4) ** 2)
    np.savez(
        file, X=series.values, y=series.labels, times=series.times, truth=np.eye(3, 4), channels=np.array(["a", "b"])
    )
    return file.getvalue()


def parts() -> bytes:
    file = io.BytesIO()
    X = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.savez_compressed(file, X_train=X, y_train=np.array(["a", "b", "a"]), X_test=X, y_test=np.array(["a", "b", "a"]))
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(24.0).reshape(3, 2, 4))
    return file.getvalue()


def parquet() -> bytes:
    pytest.importorskip("pyarrow")
    import pandas as pd

    file = io.BytesIO()
    pd.read_csv(io.StringIO(LONG)).to_parquet(file, index=False)
    return file.getvalue()


SEEDS: list[Seed] = [
    ("wide.csv", WIDE.encode, {"target": "label"}),
    ("long.csv", LONG.encode, {"target": "label"}),
    ("dates.csv", DATES.encode, {"target": "label"}),
    ("wide.csv.gz", lambda: gzip.compress(WIDE.encode(), mtime=0), {"target": "label"}),
    ("walks.tsv", UCR.encode, {}),
    ("walks.txt", UCR.replace("\t", "  ").encode, {}),
    ("walks.ts", TS.encode, {}),
    ("equal.ts", EQUAL.encode, {}),
    ("stamped.ts", STAMPED.encode, {}),
    ("numbered.ts", NUMBERED.encode, {}),
    ("walks.ts.gz", lambda: gzip.compress(TS.encode(), mtime=0), {}),
    ("plain.arff", PLAIN.encode, {}),
    ("relational.arff", RELATIONAL.encode, {}),
    ("walks.npz", npz, {}),
    ("parts.npz", parts, {"part": "train"}),
    ("X.npy", npy, {}),
    ("long.parquet", parquet, {"target": "label"}),
]


def damaged(content: bytes, chance: np.random.Generator) -> bytes:
    """Do to a file one to three of the things that happen to files."""
    for _ in range(chance.integers(1, 4)):
        content = HARMS[chance.integers(len(HARMS))](content, chance) or b"\n"
    return content


def cut_short(content: bytes, chance: np.random.Generator) -> bytes:
    return content[: chance.integers(len(content) + 1)]


def flip_bytes(content: bytes, chance: np.random.Generator) -> bytes:
    array = np.frombuffer(content, np.uint8).copy()
    places = chance.integers(len(array), size=chance.integers(1, 5))
    array[places] = chance.integers(256, size=len(places))
    return array.tobytes()


def lose_a_span(content: bytes, chance: np.random.Generator) -> bytes:
    start, end = sorted(chance.integers(len(content) + 1, size=2))
    return content[:start] + content[min(end, start + 20) :]


def repeat_a_span(content: bytes, chance: np.random.Generator) -> bytes:
    start, end = sorted(chance.integers(len(content) + 1, size=2))
    return content[:end] + content[start:]


def mix_lines(content: bytes, chance: np.random.Generator) -> bytes:
    lines = content.split(b"\n")
    first, second = chance.integers(len(lines), size=2)
    match chance.integers(4):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines.insert(first, lines[second])
        case 2:
            del lines[first]
        case _:
            lines[first] += lines[second]
    return b"\n".join(lines)


def mix_separators(content: bytes, chance: np.random.Generator) -> bytes:
    signs = [b",", b"\t", b" ", b";", b":", b"\n", b"|", b"'", b'"', b".", b"(", b"0"]
    old, new = (signs[place] for place in chance.integers(len(signs), size=2))
    return content.replace(old, new, int(chance.integers(1, 6)))


def put_in(content: bytes, chance: np.random.Generator) -> bytes:
    place = chance.integers(len(content) + 1)
    odd = (
        ODD[chance.integers(len(ODD))].encode()
        if chance.random() < 0.9
        else bytes(chance.integers(128, 256, 2, np.uint8))
    )
    return content[:place] + odd + content[place + chance.integers(4) :]


def blow_up(content: bytes, chance: np.random.Generator) -> bytes:
    place = chance.integers(len(content) + 1)
    return content[:place] + (b"1", b"1,", b":", b"(1,2),", b"'", b"x")[chance.integers(6)] * 20_000 + content[place:]


HARMS = (
    cut_short,
    flip_bytes,
    flip_bytes,
    lose_a_span,
    repeat_a_span,
    mix_lines,
    mix_separators,
    put_in,
    put_in,
    blow_up,
)


def damaged_within(name: str, content: bytes, chance: np.random.Generator) -> bytes:
    """Damage what is packed, and pack it again, so that no checksum tells."""
    if name.endswith(".gz"):
        return gzip.compress(damaged(gzip.decompress(content), chance), compresslevel=1, mtime=0)
    if not name.endswith(".npz"):
        return damaged(content, chance)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(file, "w") as packed:
        chosen = chance.choice(archive.namelist())
        for member in archive.namelist():
            array = archive.read(member)
            packed.writestr(member, damaged(array, chance) if member == chosen else array)
    return file.getvalue()


def look_after(folder: Path, seed: Seed, number: int) -> bool:
    """Damage a file in the way with that number and read it; whether it could be read."""
    name, make, options = seed
    chance = np.random.default_rng([number, *name.encode()])
    path = folder / name
    path.write_bytes((damaged_within if chance.random() < 0.5 else damaged_whole)(name, make(), chance))
    try:
        series = read(path, **options)
    except AttimeError as error:
        told = str(error)
        if str(path) in told and "\n" not in told and len(told) < 5000:
            return False
        raise AssertionError(f"{name}, damage {number}: {told[:5000]}") from error
    except BaseException as error:
        error.add_note(f"{name}, damage {number}")
        raise
    assert np.isfinite(series.values[series.observed]).all()
    return True


def damaged_whole(name: str, content: bytes, chance: np.random.Generator) -> bytes:
    return damaged(content, chance)


@pytest.mark.parametrize("seed", SEEDS, ids=[name for name, _, _ in SEEDS])
def test_a_sound_file_is_read(tmp_path: Path, seed: Seed) -> None:
    name, make, options = seed
    (tmp_path / name).write_bytes(make())
    assert len(read(tmp_path / name, **options)) >= 2


@pytest.mark.parametrize("seed", SEEDS, ids=[name for name, _, _ in SEEDS])
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, seed: Seed) -> None:
    readable = [look_after(tmp_path, seed, number) for number in range(200)]
    assert 0 < sum(readable) < 200


@pytest.mark.slow
def test_a_minute_of_damage_brings_no_strange_error(tmp_path: Path) -> None:
    end = time.monotonic() + 60
    for number in count(200):
        for seed in SEEDS:
            look_after(tmp_path, seed, number)
        if time.monotonic() > end:
            return
