"""One way in for files: the name and the first line of a file tell which reader understands it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from attime.data.arff import read_arff
from attime.data.header import Columns, read_header
from attime.data.long import read_long
from attime.data.numpy_files import read_npy, read_npz
from attime.data.parquet import read_parquet
from attime.data.series import SeriesSet
from attime.data.text import TextFile
from attime.data.ts import read_ts
from attime.data.ucr import read_ucr
from attime.data.wide import read_wide
from attime.errors import DataError, OptionError
from attime.names import pick


def read_csv(file: TextFile, columns: Columns) -> SeriesSet:
    """Read a long table if it has a column of times, else a wide one."""
    long = columns.is_long(read_header(file), f"{file.path}, line 1")
    return (read_long if long else read_wide)(file, columns)


#: Every layout of text that can be read, and by what; ``.gz`` may follow the name of such a file.
TEXT_READERS = {
    "ucr": read_ucr,
    "csv": read_csv,
    "wide": read_wide,
    "long": read_long,
    "ts": read_ts,
    "arff": read_arff,
}

#: Every other layout.
BINARY_READERS = {"npz": read_npz, "npy": read_npy, "parquet": read_parquet}

#: The layouts that can hold static covariates.
STATIC = ("csv", "wide", "long", "parquet", "npz")

#: What the ending of a file's name stands for. "csv" is wide or long, by its columns.
FORMATS = {
    ".tsv": "ucr",
    ".txt": "ucr",
    ".csv": "csv",
    ".ts": "ts",
    ".arff": "arff",
    ".npz": "npz",
    ".npy": "npy",
    ".parquet": "parquet",
}

#: The files of spreadsheets, which have to be saved as something else first.
SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


def read(
    path: str | os.PathLike[str],
    *,
    target: str | None = None,
    case: str = "id",
    time: str = "time",
    layout: str = "auto",
    part: str | None = None,
    need_target: bool = True,
    static: Sequence[str] = (),
) -> SeriesSet:
    r"""Read labelled or unlabelled series from a file.

    =============  ============================================================================================
    layout         form
    =============  ============================================================================================
    ``"wide"``     CSV with one row per case and one column per time step
    ``"long"``     CSV with one row per case and time, and one column per channel; lengths may differ
    ``"ucr"``      no header; one case a line: its class, then its values (``.tsv``, ``.txt``)
    ``"ts"``       the ``.ts`` files of aeon and sktime: unequal lengths, several channels, time stamps
    ``"arff"``     Weka's files, plain, or relational for several channels
    ``"npz"``      arrays ``X`` and ``y``, or ``X_train``, ``y_train`` and so on, of which `part` chooses
    ``"npy"``      ``X.npy``, its labels in ``y.npy`` beside it
    ``"parquet"``  a wide or long table; needs ``pip install 'attime[parquet]'``
    =============  ============================================================================================

    With ``"auto"`` the ending of the name decides, and a table is long if it has both the columns `case` and `time`.
    Every text file may be packed with gzip (``.gz``). An empty cell, NaN and ``?`` (in .ts and .arff) are missing
    values. Labels become whole numbers if all are, else numbers if all are, else words; classes that a file declares
    count, too. Nothing that a file holds is ever run.

    Parameters
    ----------
    path
        The file. ``"data.npz:train"`` is the same as ``"data.npz"`` with ``part="train"``.
    target
        The column of labels of a table or .arff file; None reads every column as values, and the last attribute of
        an .arff file as labels if it is nominal. All other forms know where their labels are.
    case, time
        The columns that name the case and the time of a row. A wide file may have a `case` column, too, which is
        left out.
    layout
        The form, where the name of the file does not tell.
    part
        Which of several parts of an .npz file, such as "train" or "test".
    need_target
        False reads a file that lacks the column `target`, or has nothing in it, without labels: to predict them.
    static
        The columns of a table that hold what does not change over time, such as the age: numbers, where all of a
        column are, else words. In a long table they hold the same in each row of a case. Of an .npz file which columns
        of the array ``static`` to take, all if not given; other forms have none.

    Returns
    -------
    SeriesSet

    Raises
    ------
    DataError
        If the file cannot be used; the message names the file, and in text the line and column.
    OptionError
        If the form is unknown, or an option does not fit it.
    MissingExtraError
        If a package is missing that a form needs.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "walks.csv"
    >>> _ = path.write_text("class,0,1,2\nup,1,2,3\ndown,3,,1\n")
    >>> series = read(path, target="class")
    >>> series.labels.tolist(), series.values[1].tolist()
    (['up', 'down'], [[3.0, nan, 1.0]])
    """
    name, part = without_part(os.fspath(path), part)
    chosen = layout_of(name) if layout == "auto" else layout
    pick({**TEXT_READERS, **BINARY_READERS}, chosen, what="layout")
    if part is not None and chosen != "npz":
        raise OptionError(f"{name}: part={part!r} arrived, but only .npz files have parts; leave it out")
    names = static_names(name, static, chosen)
    columns = Columns(target=target, case=case, time=time, need_target=need_target, part=part, static=names)
    if chosen in BINARY_READERS:
        return BINARY_READERS[chosen](name, columns)
    return TEXT_READERS[chosen](TextFile.open(name), columns)


def without_part(path: str, part: str | None) -> tuple[str, str | None]:
    """Take "data.npz:train" apart."""
    name, colon, named = path.rpartition(":")
    if not colon or not name.lower().endswith(".npz"):
        return path, part
    if part is not None:
        raise OptionError(f"{path}: part={part!r} arrived, too; name the part once")
    return name, named


def static_names(path: str, names: Sequence[str], layout: str) -> tuple[str, ...]:
    """Return the names of the columns of static covariates, or refuse them where there can be none."""
    if isinstance(names, str):
        raise OptionError(f"static={names!r} arrived, expected a list of names; give [{names!r}]")
    if names and layout not in STATIC:
        raise OptionError(
            f"{path}: static={[*names]} arrived, but files of the layout {layout!r} cannot hold static covariates; "
            "leave it out, and give them to SeriesSet.of(series, static=…)"
        )
    return tuple(names)


def layout_of(path: str) -> str:
    """Return the layout that the ending of a name stands for, or say which endings there are."""
    if os.path.isdir(path):
        raise DataError(f"{path}: a folder arrived, expected a file of series; name a file in it")
    packed = path.lower().endswith(".gz")
    ending = os.path.splitext(path[:-3] if packed else path)[1].lower()
    if not ending and not os.path.exists(path):
        raise DataError(f"{path}: there is no such file or folder; check the path")
    if ending not in FORMATS:
        arrived = f"a name ending in {ending!r}" if ending else "a name without an ending"
        remedy = "save the sheet as CSV" if ending in SHEETS else "rename the file, or say its layout"
        raise OptionError(
            f"{path}: {arrived} arrived, expected one of {', '.join(FORMATS)} (.gz may follow those of text); {remedy}"
        )
    if packed and FORMATS[ending] in BINARY_READERS:
        raise OptionError(f"{path}: only text may be packed with gzip, which {ending} is not; unpack it first")
    return FORMATS[ending]
