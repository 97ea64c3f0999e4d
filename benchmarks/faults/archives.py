"""Files of series that were made to do harm: each is refused with one clear error, and nothing in it is run."""

from __future__ import annotations

import gzip
import io
import pickle
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import attime
from attime.errors import AttimeError
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts, is_clear
from faults.isolated import outcomes

MEMORY = 3 * 2**30  # three times what readers allow any file to become
TS = "@timeStamps false\n@univariate {one}\n@equalLength {equal}\n@seriesLength {steps}\n@classLabel {label}\n@data\n"
ARFF = "@relation x\n{attributes}@attribute class {{a,b}}\n@data\n"


def hostile_archives() -> Counts:
    """Read every file in `ARCHIVES`, and count what that came to.

    Survived has what is refused by an AttimeError in one line; wrong is what is taken for series, or runs something;
    lost is a file that was changed by being read.
    """
    with tempfile.TemporaryDirectory() as folder:
        ran = Path(folder) / "ran"
        names = list(ARCHIVES)
        found = outcomes(lambda number: _read(names[number], Path(folder), ran), len(names), memory=MEMORY)
        return Counts.of(zip(names, found, strict=True))


def _read(name: str, folder: Path, ran: Path) -> str:
    path = folder / f"{list(ARCHIVES).index(name)}.{name.partition('.')[2]}"
    path.write_bytes(ARCHIVES[name](ran))
    before = path.read_bytes()
    ran.unlink(missing_ok=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = attime.read(path)
        outcome = SURVIVED if name in HARMLESS and _is_sound(found) else WRONG
    except AttimeError as error:
        outcome = SURVIVED if is_clear(error) else WRONG
    except Exception:
        outcome = CRASHED
    if ran.exists():
        return WRONG
    return outcome if path.read_bytes() == before else LOST


def _is_sound(found: attime.SeriesSet) -> bool:
    """Whether what was read is what `parquet` has written."""
    return bool(found.values.size == 2000 and (np.sort(found.values.ravel()) == np.repeat(np.arange(1000.0), 2)).all())


class Runs:
    """Writes a file when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.place,)


def npy(array: object, *, allow_pickle: bool = False) -> bytes:
    """Return an array as the bytes of an .npy file."""
    file = io.BytesIO()
    np.save(file, np.asarray(array), allow_pickle=allow_pickle)
    return file.getvalue()


def promising(shape: str, dtype: str = "<f8") -> bytes:
    """Return an .npy file of 64 bytes whose header promises a shape."""
    header = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)


def npz(*, compression: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    """Return an .npz file of members as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def bomb(ran: Path) -> bytes:
    """Return an .npz file of some megabytes that would become more than one gigabyte."""
    file = io.BytesIO()
    header = promising("(4, 41943040)")[:-64]
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("X.npy", "w", force_zip64=True) as member,
    ):
        member.write(header)
        for _ in range(1280):
            member.write(bytes(2**20))
    return file.getvalue()


def lying_bomb(ran: Path) -> bytes:
    """Return an .npz file whose directory tells a small size of a large member."""
    content = npz(X=npy(np.zeros((4, 2_000_000))))
    size = len(npy(np.zeros((4, 2_000_000))))
    return content.replace(size.to_bytes(4, "little"), (200).to_bytes(4, "little"))


def gzipped_bomb(head: str, unit: bytes) -> Callable[[Path], bytes]:
    """Return what makes a text that would become more than one gigabyte."""

    def make(ran: Path) -> bytes:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        block = unit * (2**20 // len(unit))
        parts = [packer.compress(head.encode()), *(packer.compress(block) for _ in range(1280)), packer.flush()]
        return b"".join(parts)

    return make


def ts(
    *, one: str = "true", equal: str = "true", steps: str = "3", label: str = "false", data: str = "1,2,3\n"
) -> bytes:
    """Return a .ts file."""
    return (TS.format(one=one, equal=equal, steps=steps, label=label) + data).encode()


def arff(attributes: str, data: str) -> bytes:
    """Return an .arff file."""
    return (ARFF.format(attributes=attributes) + data).encode()


def parquet() -> bytes:
    """Return a sound parquet file."""
    file = io.BytesIO()
    pd.DataFrame({"a": np.arange(1000.0), "b": np.arange(1000.0)}).to_parquet(file, index=False)
    return file.getvalue()


def parquet_bomb(ran: Path) -> bytes:
    """Return a parquet file of some kilobytes that would become twenty gigabytes: one word, in many rows."""
    import pyarrow
    from pyarrow.parquet import write_table

    words = pyarrow.DictionaryArray.from_arrays(pyarrow.array(np.zeros(20_000, np.int32)), pyarrow.array(["x" * 10**6]))
    file = io.BytesIO()
    write_table(pyarrow.table({"word": words, "a": np.arange(20_000.0)}), file, store_schema=False)
    return file.getvalue()


def rows_of_nothing(ran: Path) -> bytes:
    """Return a parquet file of some kilobytes with a billion rows in which nothing stands."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    file = io.BytesIO()
    nothing = pyarrow.table({"a": pyarrow.nulls(10_000_000, pyarrow.float64())})
    with ParquetWriter(file, nothing.schema) as writer:
        for _ in range(100):
            writer.write_table(nothing)
    return file.getvalue()


def with_metadata(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Change the end of a parquet file, which tells what is in it."""
    size = int.from_bytes(content[-8:-4], "little")
    told = change(content[-8 - size : -8])
    return content[: -8 - size] + told + len(told).to_bytes(4, "little") + content[-4:]


def flipped(content: bytes, seed: int) -> bytes:
    """Change one byte in twenty."""
    array = np.frombuffer(content, np.uint8).copy()
    rng = np.random.default_rng(seed)
    array[rng.integers(len(array), size=len(array) // 20)] ^= 0xFF
    return array.tobytes()


ARCHIVES: dict[str, Callable[[Path], bytes]] = {
    "pickled objects as series.npz": lambda ran: npz(X=npy(np.array([Runs(ran)], object), allow_pickle=True)),
    "pickled objects as labels.npz": lambda ran: npz(
        X=npy(np.ones((2, 3))), y=npy(np.array([Runs(ran), 1], object), allow_pickle=True)
    ),
    "pickled objects.npy": lambda ran: npy(np.array([Runs(ran)], object), allow_pickle=True),
    "a bare pickle.npy": lambda ran: pickle.dumps(Runs(ran)),
    "a bare pickle.npz": lambda ran: pickle.dumps(Runs(ran)),
    "a pickle among the members.npz": lambda ran: npz(X=pickle.dumps(Runs(ran))),
    "a pickle.csv": lambda ran: pickle.dumps(Runs(ran), protocol=0),
    "a pickle.parquet": lambda ran: pickle.dumps(Runs(ran)),
    "code as the header of an array.npy": lambda ran: promising(f"(__import__('pathlib').Path({str(ran)!r}).touch(),)"),
    "a record type with objects.npy": lambda ran: promising("(2, 2)", "|O"),
    "more promised than there is.npy": lambda ran: promising("(1000000, 1000000)"),
    "more promised than there is.npz": lambda ran: npz(X=promising("(1000000, 1000000)")),
    "a size beyond any integer.npy": lambda ran: promising("(" + "9" * 30 + ", 9)"),
    "a negative size.npy": lambda ran: promising("(-1, 8)"),
    "no size but cases.npz": lambda ran: npz(X=promising("(9223372036854775807, 0)")),
    "words without letters.npz": lambda ran: npz(X=promising("(9223372036854775807,)", "<U0")),
    "nested tuples as a size.npy": lambda ran: promising("(" * 20_000 + ")" * 20_000),
    "a zip bomb.npz": bomb,
    "a zip bomb that lies.npz": lying_bomb,
    "a member that leaves its folder.npz": lambda ran: npz(**{"../../X": npy(np.ones((2, 3)))}),
    "the end of a zip file alone.npz": lambda ran: npz(X=npy(np.ones((2, 3))))[-22:],
    "a zip file cut short.npz": lambda ran: npz(X=npy(np.ones((50, 60))))[:-40],
    "another kind of compression.npz": lambda ran: npz(X=npy(np.ones((2, 3)))).replace(b"\x08\x00", b"\x63\x00"),
    "a million times a name.csv": lambda ran: b"a," * 1_000_000 + b"\n1\n",
    "a number of a million digits.csv": lambda ran: b"a,b\n" + b"9" * 1_000_000 + b",1\n",
    "a quotation that never ends.csv": lambda ran: b'a,b\n"' + b"x" * 5_000_000,
    "zeros.csv": lambda ran: bytes(1_000_000),
    "a formula.csv": lambda ran: b"a,b\n=cmd|'/c calc'!A1,2\n",
    "half of a letter.csv": lambda ran: b"a,b\n\xed\xa0\x80,2\n",
    "a gzip bomb of zeros.csv.gz": gzipped_bomb("a,b\n", b"1,2\n"),
    "a gzip bomb.ts.gz": gzipped_bomb(ts(data="").decode(), b"1,2,3\n"),
    "gzip cut short.csv.gz": lambda ran: gzip.compress(b"a,b\n" + b"1,2\n" * 99_999)[:-100],
    "gzip in gzip.csv.gz": lambda ran: gzip.compress(gzip.compress(b"a,b\n1,2\n")),
    "a length beyond memory.ts": lambda ran: ts(steps="9" * 17),
    "a length beyond numbers.ts": lambda ran: ts(steps="9" * 5000),
    "channels beyond memory.ts": lambda ran: ts(one="false\n@dimensions 99999999999999999"),
    "one long series among short ones.ts": lambda ran: ts(
        equal="false", data="1\n" * 200_000 + ",".join(["1"] * 200_000) + "\n"
    ),
    "a million classes, none of them used.ts": lambda ran: ts(
        label="true " + " ".join(map(str, range(1_000_000))), data="1,2,3:x\n"
    ),
    "time stamps beyond any calendar.ts": lambda ran: ts().replace(b"@timeStamps false", b"@timeStamps true").replace(
        b"1,2,3", b"(99999-01-01 00:00:00,1),(2,2),(3,3)"
    ),
    "brackets without end.ts": lambda ran: ts(data="(" * 1_000_000).replace(b"@timeStamps false", b"@timeStamps true"),
    "a million attributes, one value.arff": lambda ran: arff(
        "".join(f"@attribute a{number} real\n" for number in range(20_000)), "1,a\n"
    ),
    "relations in relations.arff": lambda ran: arff("@attribute x relational\n" * 1000, "'1',a\n"),
    "quotation marks that backtrack.arff": lambda ran: arff(
        "@attribute x relational\n@attribute t real\n@end x\n", "'" + "\\\\" * 200_000 + "\n"
    ),
    "a sparse case of a huge index.arff": lambda ran: arff("@attribute t real\n", "{999999999999 1}\n"),
    "parquet cut short.parquet": lambda ran: parquet()[:-100],
    "parquet without its end.parquet": lambda ran: parquet()[:200],
    "parquet whose end promises more.parquet": lambda ran: parquet()[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1",
    "parquet of random metadata.parquet": lambda ran: with_metadata(parquet(), lambda told: flipped(told, 0)),
    "parquet with damaged columns.parquet": lambda ran: flipped(parquet()[:-3000], 1) + parquet()[-3000:],
    "a long word in many rows.parquet": parquet_bomb,
    "more rows than there are.parquet": rows_of_nothing,
    "wrong words for pandas.parquet": lambda ran: with_metadata(
        parquet(), lambda told: told.replace(b"float64", b"object ")
    ),
}  # fmt: skip
#: What is read as if nothing were wrong with it, since that part of it is never looked at.
HARMLESS = ("wrong words for pandas.parquet",)
