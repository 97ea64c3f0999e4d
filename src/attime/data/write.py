"""One way out to files: the ending of the name decides on the form, and `read` gives back what was written."""

from __future__ import annotations

import os

from attime.data.numpy_files import write_npz
from attime.data.series import SeriesSet
from attime.data.write_csv import write_csv, write_long, write_wide
from attime.data.write_ts import write_ts
from attime.errors import OptionError
from attime.names import pick

#: Every layout that can be written, and by what.
WRITERS = {"csv": write_csv, "wide": write_wide, "long": write_long, "ts": write_ts, "npz": write_npz}

#: What the ending of a file's name stands for; ``.gz`` may follow that of a text.
ENDINGS = {".csv": "csv", ".csv.gz": "csv", ".ts": "ts", ".ts.gz": "ts", ".npz": "npz"}


def write(series: SeriesSet, path: str | os.PathLike[str], *, target: str = "label", layout: str = "auto") -> None:
    """Write series to a file, whole or not at all, so that `read` gives them back.

    ==========  =================================  ================================================
    ending      what is kept                       what is not
    ==========  =================================  ================================================
    ``.npz``    values in their precision, labels  steps, labels such as dates (refused)
                (numbers, words, true or false),
                truth, channel names, times,
                static covariates
    ``.csv``    values, labels, channel names,     truth, steps, labels that are neither words nor
                uneven times, static covariates    numbers (refused), even times
    ``.ts``     values, labels, uneven times       channel names, truth, steps, labels with blanks,
                                                   colons or brackets (refused), even times, static
                                                   covariates (refused)
    ==========  =================================  ================================================

    Missing values and unequal lengths are kept in all of them, except for steps at the end that no series has. Text
    gives back the same numbers, as float64; words that read like numbers, which would not come back as words, are
    refused. Of a CSV file static columns are read where they are named, `read(path, static=["age"])`.

    Parameters
    ----------
    series
        The series.
    path
        The file; a text is packed with gzip if ``.gz`` follows.
    target
        The column of labels in a CSV file, if there are any labels.
    layout
        Of a CSV file: "wide" has a row per case, "long" one per case and time. With "auto" it is wide if all there is
        are series of one nameless channel that have the same length. ``.ts`` and ``.npz`` files have one layout each.

    Raises
    ------
    DataError
        If the form cannot hold the labels, channel names or series.
    OptionError
        If the ending of the name or the layout is unknown.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> write(SeriesSet.of([[1.0, 2.5], [3.0, 4.0]], labels=["up", "down"]), folder / "walks.csv")
    >>> print((folder / "walks.csv").read_text())
    label,0,1
    up,1.0,2.5
    down,3.0,4.0
    >>> write(SeriesSet.of([[1.0, 2.5], [3.0]], labels=["up", "down"]), folder / "walks.ts")
    >>> print((folder / "walks.ts").read_text())
    @problemName walks
    @timeStamps false
    @missing false
    @univariate true
    @equalLength false
    @classLabel true down up
    @data
    1.0,2.5:up
    3.0:down
    """
    name = os.fspath(path)
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
    if ending is None:
        raise OptionError(
            f"{name}: the form to write is told by the ending, expected one of {', '.join(ENDINGS)}; rename the file"
        )
    form = ENDINGS[ending] if layout == "auto" else layout
    if form != ENDINGS[ending] and not (ENDINGS[ending] == "csv" and form in ("wide", "long")):
        pick(WRITERS, form, what="layout")
        raise OptionError(f"{name}: layout={form!r} arrived, which {ending} files do not have; leave it out")
    WRITERS[form](series, name, target)
