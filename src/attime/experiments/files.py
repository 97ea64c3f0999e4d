"""From file to file: fit a classifier on a file of series, judge it by another, predict a third."""

from __future__ import annotations

import os
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from jaxtyping import Shaped

from attime.data import SeriesSet, read
from attime.data.labels import positions
from attime.data.split import Holdout, generator_of, stratified_holdout
from attime.errors import DataError, OptionError
from attime.estimators import AttentionClassifier, AttentionEstimator
from attime.estimators.parameters import seed_of
from attime.estimators.targets import check_classes
from attime.evaluate import ClassificationReport, classification_report
from attime.experiments.large import Given
from attime.experiments.pictures import classifier_pictures, write_pictures
from attime.files import output_folder, write_json
from attime.names import pick
from attime.report import write_report


@dataclass(frozen=True, eq=False)
class Judgement:
    """A classifier, the cases it was judged by, and the verdict.

    Attributes
    ----------
    classifier
        The fitted classifier.
    test
        The cases it was judged by.
    report
        Accuracy and the like on `test`.
    n_train
        Number of cases it was fitted on; None if it was loaded.
    train_seconds, predict_seconds
        Wall-clock time of fitting, None if it was loaded, and of predicting `test`.
    held_out
        Whether `test` was kept back from the training file, so that it is known to be unseen.
    """

    classifier: AttentionClassifier
    test: SeriesSet
    report: ClassificationReport
    n_train: int | None
    train_seconds: float | None
    predict_seconds: float
    held_out: bool


def fit_file(
    train: str | os.PathLike[str],
    classifier: AttentionClassifier,
    *,
    test: str | os.PathLike[str] | None = None,
    target: str | None = None,
    static: Sequence[str] = (),
    positive: str | None = None,
) -> Judgement:
    """Fit a classifier on a file and judge it by another, or by a fifth of the cases if there is no other.

    Parameters
    ----------
    train, test
        Files that `attime.read` understands. `train` may also be a folder of them, a pattern, or larger than memory, as
        for `attime.shards`; then no more cases are kept back than are needed to judge by.
    classifier
        Not yet fitted.
    target
        The column of labels, in a CSV file.
    static
        The columns of static covariates, in a CSV file.
    positive
        With two classes, the name of the one that precision, recall and F1 refer to; the last if not given.

    Raises
    ------
    DataError
        If a file or what is in it cannot be used; the message names the place.
    """
    learnt = Given.read(train, target=target, static=static)
    _look_for_labels(learnt.told)
    if test is not None:
        judged = _read_labelled(test, target, static)
    else:
        parts = _parts(learnt, classifier.random_state)
        learnt, judged = learnt.learnt(parts.kept), learnt.judged(parts.held_out)
    _check_before_work(learnt.told, judged, positive)
    start = time.perf_counter()
    classifier.fit(learnt.to_fit)
    seconds = time.perf_counter() - start
    n_train = len(learnt.told)
    return _judge(classifier, judged, positive=positive, n_train=n_train, train_seconds=seconds, held_out=test is None)


def evaluate_file(
    classifier: AttentionClassifier,
    data: str | os.PathLike[str],
    *,
    target: str | None = None,
    static: Sequence[str] | None = None,
    positive: str | None = None,
) -> Judgement:
    """Judge a fitted classifier by a file of labelled series; the parameters are those of `fit_file`.

    The static columns are those that it was fitted with, if none are named.

    Raises
    ------
    DataError
        If the file or what is in it cannot be used; the message names the place.
    """
    series = _read_labelled(data, target, static_columns(classifier, static))
    return _judge(classifier, series, positive=positive, n_train=None, train_seconds=None)


def write_judgement(judgement: Judgement, folder: str | os.PathLike[str]) -> None:
    """Write the figures of merit as metrics.json, the pictures, and the page report.html into a folder.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    place = output_folder(folder)
    pictures = classifier_pictures(judgement.classifier, judgement.test, judgement.report)
    write_pictures(pictures, place)
    seconds = {"train": judgement.train_seconds, "predict": judgement.predict_seconds}
    write_json({**judgement.report.to_dict(), "n_train": judgement.n_train, "seconds": seconds}, place / "metrics.json")
    write_report(judgement.classifier, judgement.test, place / "report.html", positive=judgement.report.positive)


def static_columns(estimator: AttentionEstimator, static: Sequence[str] | None) -> Sequence[str]:
    """Return the columns of static covariates to be read: those named, or those that the estimator was fitted with."""
    if static is not None:
        return static
    return () if estimator.static_ is None else estimator.static_.columns


def _read_labelled(path: str | os.PathLike[str], target: str | None, static: Sequence[str]) -> SeriesSet:
    series = read(path, target=target, static=static)
    _look_for_labels(series)
    return series


def _look_for_labels(series: SeriesSet) -> None:
    if series.labels is None:
        raise DataError(
            f"{series.from_where}read without labels, which are needed here; name their column as the target"
        )


def _parts(given: Given, random_state: object) -> Holdout:
    series = given.told
    assert series.labels is not None
    check_classes(series.labels, f"{series.source}: ")
    labels, counts = np.unique(series.labels, return_counts=True)
    if counts.min() < 2:
        raise DataError(
            f"{series.source}: class {labels[counts.argmin()].item()!r} has one case, which cannot be both learnt and "
            "checked; add cases, remove it, or give a test file"
        )
    return held_back(series.labels, given.share_for_test, random_state)


def held_back(classes: Shaped[np.ndarray, " case"], share: float, random_state: object) -> Holdout:
    """Return which cases to learn from and which to judge by, which may be none; each class is divided alike."""
    seed = int(random_state) if isinstance(random_state, Integral) else seed_of(None)  # one for all processes
    return stratified_holdout(classes, share, generator_of(seed))


def _check_before_work(learnt: SeriesSet, judged: SeriesSet, positive: str | None) -> None:
    """Find out before training what would spoil the verdict afterwards."""
    assert learnt.labels is not None
    assert judged.labels is not None
    classes = np.unique(learnt.labels)
    positions(judged.labels.tolist(), classes.tolist())
    positive_class(classes, positive)
    check_channels(learnt, judged)


def check_channels(learnt: SeriesSet, judged: SeriesSet) -> None:
    """Refuse to judge by series of other channels than those learnt, before the work and not after it."""
    if judged.n_channels != learnt.n_channels:
        raise DataError(
            f"{judged.source}: series of {judged.n_channels} channels arrived, those of {learnt.source} have "
            f"{learnt.n_channels}; give the same channels in the same order"
        )


def positive_class(classes: Shaped[np.ndarray, " class"], name: str | None) -> Hashable | None:
    """Return the class that is called so."""
    if name is None:
        return None
    if len(classes) != 2:
        raise OptionError(f"a positive class, {name!r}, needs two classes, but there are {len(classes)}; leave it out")
    return pick({str(label): label for label in classes.tolist()}, name, what="class")


def _judge(
    classifier: AttentionClassifier,
    test: SeriesSet,
    *,
    positive: str | None,
    n_train: int | None,
    train_seconds: float | None,
    held_out: bool = False,
) -> Judgement:
    assert test.labels is not None
    chosen = positive_class(classifier.classes_, positive)
    start = time.perf_counter()
    probabilities = classifier.predict_proba(test)
    seconds = time.perf_counter() - start
    report = classification_report(test.labels, probabilities, classifier.classes_, positive=chosen)
    return Judgement(classifier, test, report, n_train, train_seconds, seconds, held_out)
