"""One way in for labelled series: the name of a file tells which archive's form it has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from attime.data.detection.labelled import LabelledSeries
from attime.data.detection.nab import read_nab_series
from attime.data.detection.pairs import read_pair
from attime.data.detection.tables import read_csv_series, read_npz_series
from attime.data.detection.ucr_archive import NAME, read_ucr_series
from attime.errors import DataError, OptionError
from attime.names import pick


@dataclass(frozen=True)
class Form:
    """A form of files: what their names look like, and how one is read, with the number of steps to learn from."""

    names: re.Pattern[str]
    read: Callable[[str, int | None], LabelledSeries]


#: Every form that can be read. The first whose pattern is found in the name of a file is its form.
FORMS = {
    "npz": Form(re.compile(r"\.npz$"), read_npz_series),
    "ucr": Form(NAME, read_ucr_series),
    "csv": Form(re.compile(r"(?:^|_)tr_\d+.*\.csv(?:\.gz)?$"), read_csv_series),
    "pair": Form(re.compile(r"_TEST\.csv(?:\.gz)?$"), read_pair),
    "nab": Form(re.compile(r"(?<!_TRAIN)\.csv(?:\.gz)?$"), read_nab_series),
}


@dataclass(frozen=True)
class Collection:
    """Files of labelled series, each read when its turn comes.

    Attributes
    ----------
    paths
        The files, in the order of their names.
    form
        Their form; None where each name tells.
    """

    paths: tuple[str, ...]
    form: str | None = None

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[LabelledSeries]:
        return (read_labelled(path, form=self.form) for path in self.paths)


def read_labelled(
    path: str | os.PathLike[str], *, form: str | None = None, n_train: int | None = None
) -> LabelledSeries:
    r"""Read a long series with labels.

    ==========  =====================================================  =============================================
    form        file                                                   what may be learnt from
    ==========  =====================================================  =============================================
    ``"npz"``   arrays ``data`` and ``label``, as TSB-AD's             N steps, by ``tr_N`` in the name
    ``"csv"``   a column ``Label``, others of values: TSB-AD           N steps, by ``tr_N`` in the name
    ``"ucr"``   numbers, UCR anomaly archive                           by the name: ``_TRAIN_START_END.txt``
    ``"pair"``  ``NAME_TEST.csv``, and ``NAME_TRAIN.csv`` beside it    the second file
    ``"nab"``   ``timestamp``, ``value``; ``combined_windows.json``    15 %, or of 5000 steps if there are more
    ==========  =====================================================  =============================================

    Parameters
    ----------
    path
        The file. Text may be packed (``.gz``).
    form
        The form, where the name of the file does not tell.
    n_train
        How many steps at the start may be learnt from, where something else is meant than the file says.

    Raises
    ------
    DataError
        If the file cannot be used: it has no labels, lengths differ, a label is not 0 or 1, a value is infinite or no
        number, or there are fewer steps than are to be learnt from.
    OptionError
        If the form is unknown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pump_tr_2.csv"
    >>> _ = path.write_text("pressure,Label\n1.0,0\n1.1,0\n7.5,1\n1.0,0\n")
    >>> read_labelled(path)
    LabelledSeries('pump_tr_2', 4 steps, 1 channel, 2 for training, 1 anomalous)
    """
    name = os.fspath(path)
    if form is None:
        form = _form_of(name)
        if form is None:
            raise OptionError(
                f"{name}: the name of no known form arrived, expected one of an .npz or .csv file, or "
                f"_TRAIN_START_END.txt; rename it, or give form as one of {', '.join(FORMS)}"
            )
    reader = pick(FORMS, form, what="form").read
    if os.path.isdir(name):
        raise DataError(f"{name}: a folder arrived, expected a file; use read_collection for all in it")
    return reader(name, n_train)


def read_collection(folder: str | os.PathLike[str], *, form: str | None = None) -> Collection:
    r"""Find the labelled series in a folder and those below it; each is read when its turn comes.

    Parameters
    ----------
    folder
        Files whose names are of no known form are left out.
    form
        Take only files of this form.

    Raises
    ------
    DataError
        If there is no such folder, or no labelled series in it.
    OptionError
        If the form is unknown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name in ("a_tr_1.csv", "b_tr_2.csv"):
    ...     _ = (folder / name).write_text("value,Label\n1,0\n2,0\n9,1\n")
    >>> [series.n_train for series in read_collection(folder)]
    [1, 2]
    """
    if form is not None:
        pick(FORMS, form, what="form")
    place = Path(folder)
    if not place.is_dir():
        raise DataError(f"{place}: no folder arrived, expected one with labelled series; check the path")
    found = sorted(str(file) for file in place.rglob("*") if file.is_file())
    paths = tuple(path for path in found if (kind := _form_of(path)) is not None and form in (None, kind))
    if not paths:
        wanted = "a labelled series" if form is None else f"of the form {form!r}"
        raise DataError(
            f"{place}: none of {len(found)} files is {wanted}, expected at least one; "
            "see read_labelled for the names they have"
        )
    return Collection(paths, form)


def _form_of(path: str) -> str | None:
    name = os.path.basename(path)
    return next((form for form, known in FORMS.items() if known.names.search(name)), None)
