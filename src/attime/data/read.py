"""One way in for files: the name and the first line of a file tell which reader understands it."""

from __future__ import annotations

import os

from attime.data.header import Columns, read_header
from attime.data.long import read_long
from attime.data.series import SeriesSet
from attime.data.text import TextFile
from attime.data.ucr import read_ucr
from attime.data.wide import read_wide
from attime.errors import DataError, OptionError
from attime.names import name_hint, pick

#: Every layout that can be read, and by what.
READERS = {"ucr": read_ucr, "wide": read_wide, "long": read_long}

#: What the ending of a file's name stands for; ``.gz`` may follow. "csv" is wide or long, by its columns.
FORMATS = {".tsv": "ucr", ".txt": "ucr", ".csv": "csv"}


def read(
    path: str | os.PathLike[str],
    *,
    target: str | None = None,
    case: str = "id",
    time: str = "time",
    layout: str = "auto",
    need_target: bool = True,
) -> SeriesSet:
    r"""Read labelled or unlabelled series from a file.

    ==========  ===============================================================================================
    layout      form
    ==========  ===============================================================================================
    ``"ucr"``   no header; one case a line: its class, then its values (``.tsv``, ``.txt``)
    ``"wide"``  CSV with one row per case and one column per time step
    ``"long"``  CSV with one row per case and time, and one column per channel; lengths may differ
    ==========  ===============================================================================================

    With ``"auto"`` the ending of the name decides, and a ``.csv`` is long if it has both the columns `case` and
    `time`. Every file may be packed with gzip (``.gz``). An empty cell or NaN is a missing value. Labels become whole
    numbers if all are, else numbers if all are, else words.

    Parameters
    ----------
    path
        The file.
    target
        The column of labels; None reads every column as values. A UCR file has its class in the first column.
    case, time
        The columns that name the case and the time of a row. A wide file may have a `case` column, too, which is
        left out.
    layout
        The form, where the name of the file does not tell.
    need_target
        False reads a file that lacks the column `target`, or has nothing in it, without labels: to predict them.

    Returns
    -------
    SeriesSet

    Raises
    ------
    DataError
        If the file cannot be used; the message names file, line and column.
    OptionError
        If the form is unknown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "walks.csv"
    >>> _ = path.write_text("class,0,1,2\nup,1,2,3\ndown,3,,1\n")
    >>> series = read(path, target="class")
    >>> series.labels.tolist(), series.values[1].tolist()
    (['up', 'down'], [[3.0, nan, 1.0]])
    """
    columns = Columns(target=target, case=case, time=time, need_target=need_target)
    chosen = _by_ending(os.fspath(path)) if layout == "auto" else layout
    file = TextFile.open(path)
    if layout == "auto" and chosen == "csv":
        chosen = _by_columns(file, columns)
    return pick(READERS, chosen, what="layout")(file, columns)


def _by_ending(path: str) -> str:
    ending = os.path.splitext(path.removesuffix(".gz"))[1].lower()
    if ending not in FORMATS:
        raise OptionError(
            f"{path}: a name ending in {ending!r} arrived, expected one of {', '.join(FORMATS)} (.gz may follow); "
            "rename the file, or say its layout"
        )
    return FORMATS[ending]


def _by_columns(file: TextFile, columns: Columns) -> str:
    names = read_header(file)
    if columns.time in names and columns.case not in names:
        raise DataError(
            f"{file.path}, line 1: a column {columns.time!r} but no column {columns.case!r} arrived, expected both for "
            f"the long layout; name the column of the cases by case=…, {name_hint(columns.case, names)}"
        )
    return "long" if columns.time in names else "wide"
