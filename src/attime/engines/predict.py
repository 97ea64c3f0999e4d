"""Predicting over files, whatever their number and size: the choice of an engine, by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

from attime.data import Shards
from attime.engines.forms import form_of
from attime.engines.local import Outcome, predict_locally, rows_of
from attime.engines.pieces import Work
from attime.engines.ray_predict import predict_on_ray
from attime.engines.table import Model
from attime.files import check_file, check_folder
from attime.names import pick

#: Engines by name: what goes through the files, and writes. The work is the same for all, and so are the results.
ENGINES: dict[str, Callable[..., Outcome]] = {
    "local": predict_locally,
    "ray": predict_on_ray,
}


def predict_files(
    model: Model,
    shards: Shards,
    out: str | os.PathLike[str],
    *,
    engine: str = "local",
    resume: bool = False,
    progress: bool | Literal["auto"] = "auto",
) -> Outcome:
    """Predict every case of every file, reading, predicting and writing one piece after the other.

    The result has a row for each case: `case`, counted from 0 in its file, `predicted`, for a classifier the
    probability of each class, and `file` where there are several in one table. A file of which anything cannot be used
    is left out of it wholly; the others go on.

    Parameters
    ----------
    model
        A fitted `AttentionClassifier` or `AttentionRegressor`; or an `OnnxModel`, for the local engine alone.
    shards
        The files; `need_target` is False there, so that they may lack labels.
    out
        A .csv or .parquet file, which is there when all is done; until then its pieces are kept beside it. Or a folder
        for a .csv file of each file.
    engine
        What does the work: a name in `ENGINES`.
    resume
        Go on where a run was stopped: what it has made, of files that have not changed since, stays as it is. What
        another model has made, or of other columns, is refused.
    progress
        Draw a progress bar: True, False or ``"auto"`` (only in a terminal).

    Returns
    -------
    Outcome

    Raises
    ------
    DataError
        If no file can be used.
    OptionError
        If the result would take the place of a file, or what is there to go on with is of another run.
    OutputError
        If the result cannot be written.
    MissingExtraError
        If an engine needs a package that is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from attime import AttentionClassifier, SineConfig, make_sine, shards, write
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> series = make_sine(SineConfig(n_series=60, n_steps=40))
    >>> model = AttentionClassifier(quality="fast", random_state=0).fit(series)
    >>> write(series[:40], folder / "monday.npz")
    >>> write(series[40:], folder / "tuesday.npz")
    >>> predict_files(model, shards(folder, need_target=False), folder / "all.csv")
    Outcome(n_cases=60, n_files=2, n_skipped=0, damaged=())
    """
    run = pick(ENGINES, engine, what="engine")
    return run(Work(model, shards), os.fspath(out), resume=resume, progress=progress)


def predicted_rows(model: Model, shards: Shards) -> Iterator[pd.DataFrame]:
    """Yield the rows that `predict_files` would write, piece by piece; what is wrong with a file is an error here."""
    return rows_of(Work(model, shards))


def check_place(out: str | os.PathLike[str]) -> None:
    """See, before any work is done, that results can be written to `out`; nothing is left there.

    Raises
    ------
    OptionError
        If the form is unknown.
    OutputError
        If it cannot.
    """
    (check_folder if form_of(Path(out)) is None else check_file)(out)
