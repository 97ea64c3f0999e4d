"""From file to file with numbers to learn: fit a regressor on one file, judge it by another, predict a third."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from attime.data import SeriesSet, read
from attime.errors import DataError
from attime.estimators import AttentionRegressor
from attime.estimators.targets import numbers_of
from attime.evaluate import RegressionReport, regression_report
from attime.experiments.files import check_channels, held_back, static_columns
from attime.experiments.large import Given
from attime.experiments.pictures import regressor_pictures, write_pictures
from attime.files import output_folder, write_json


@dataclass(frozen=True, eq=False)
class NumberJudgement:
    """A regressor, the cases it was judged by, and the verdict.

    Attributes
    ----------
    regressor
        The fitted regressor.
    test, predictions
        The cases it was judged by, and what it said of them.
    report
        How far off that is, beside the mean of the training cases.
    n_train
        Number of cases it was fitted on; None if it was loaded.
    train_seconds, predict_seconds
        Wall-clock time of fitting, None if it was loaded, and of predicting `test`.
    held_out
        Whether `test` was kept back from the training file, so that it is known to be unseen.
    """

    regressor: AttentionRegressor
    test: SeriesSet
    predictions: Float64[np.ndarray, " case"]
    report: RegressionReport
    n_train: int | None
    train_seconds: float | None
    predict_seconds: float
    held_out: bool


def fit_numbers(
    train: str | os.PathLike[str],
    regressor: AttentionRegressor,
    *,
    test: str | os.PathLike[str] | None = None,
    target: str | None = None,
    static: Sequence[str] = (),
) -> NumberJudgement:
    """Fit a regressor on a file and judge it by another, or by a fifth of the cases if there is no other.

    Parameters
    ----------
    train, test
        Files that `attime.read` understands; `train` may be large or many, as for `fit_file`.
    regressor
        Not yet fitted.
    target
        The column of numbers, in a CSV file.
    static
        The columns of static covariates, in a CSV file.

    Raises
    ------
    DataError
        If a file or what is in it cannot be used; the message names the place.
    """
    learnt = Given.read(train, target=target, static=static)
    _look_for_numbers(learnt.told)
    if test is None:
        n_cases = len(learnt.told)
        parts = held_back(np.zeros(n_cases), learnt.share_for_test, regressor.random_state)
        if not len(parts.held_out):
            raise DataError(f"{learnt.told.source}: {n_cases} cases are too few to keep some back; give a test file")
        learnt, judged = learnt.learnt(parts.kept), learnt.judged(parts.held_out)
    else:
        judged = _read_numbered(test, target, static)
    check_channels(learnt.told, judged)
    start = time.perf_counter()
    regressor.fit(learnt.to_fit)
    seconds = time.perf_counter() - start
    return _judge(regressor, judged, n_train=len(learnt.told), train_seconds=seconds, held_out=test is None)


def evaluate_numbers(
    regressor: AttentionRegressor,
    data: str | os.PathLike[str],
    *,
    target: str | None = None,
    static: Sequence[str] | None = None,
) -> NumberJudgement:
    """Judge a fitted regressor by a file of series with numbers; the parameters are those of `fit_numbers`.

    The static columns are those that it was fitted with, if none are named.

    Raises
    ------
    DataError
        If the file or what is in it cannot be used; the message names the place.
    """
    return _judge(regressor, _read_numbered(data, target, static_columns(regressor, static)))


def write_numbers(judgement: NumberJudgement, folder: str | os.PathLike[str]) -> None:
    """Write the figures of merit as metrics.json, and the pictures, into a folder.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    place = output_folder(folder)
    write_pictures(regressor_pictures(judgement.regressor, judgement.test, judgement.predictions), place)
    seconds = {"train": judgement.train_seconds, "predict": judgement.predict_seconds}
    write_json({**judgement.report.to_dict(), "n_train": judgement.n_train, "seconds": seconds}, place / "metrics.json")


def _read_numbered(path: str | os.PathLike[str], target: str | None, static: Sequence[str]) -> SeriesSet:
    series = read(path, target=target, static=static)
    _look_for_numbers(series)
    return series


def _look_for_numbers(series: SeriesSet) -> None:
    if series.labels is None:
        raise DataError(
            f"{series.from_where}read without numbers, which are needed here; name their column as the target"
        )
    numbers_of(series)


def _judge(
    regressor: AttentionRegressor,
    test: SeriesSet,
    *,
    n_train: int | None = None,
    train_seconds: float | None = None,
    held_out: bool = False,
) -> NumberJudgement:
    start = time.perf_counter()
    predictions = regressor.predict(test)
    seconds = time.perf_counter() - start
    report = regression_report(numbers_of(test), predictions, mean=regressor.target_mean_)
    return NumberJudgement(regressor, test, predictions, report, n_train, train_seconds, seconds, held_out)
