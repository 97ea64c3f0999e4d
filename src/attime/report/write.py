"""`write_report`: the report of a fitted estimator, as one HTML file."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from typing import Literal

import pandas as pd
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.files import check_file, whole_file
from attime.report.collect import METHODS, STAGES, collect
from attime.report.page import page_of
from attime.training.progress import progress_bar


def write_report(
    estimator: AttentionClassifier,
    X: ArrayLike | pd.DataFrame | SeriesSet,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    max_cases: int = 200,
    methods: Sequence[str] = METHODS,
    positive: Hashable | None = None,
    random_state: int = 0,
    progress: bool | Literal["auto"] = "auto",
) -> None:
    """Write what a model got right, where it looked, and whether that can be trusted, as a page for any browser.

    The file needs no network and sends nothing anywhere. It holds the series that it shows: give it only to people who
    may see them.

    Parameters
    ----------
    estimator
        A fitted classifier.
    X
        The cases to report on, best those that the estimator has not seen: a `SeriesSet` with labels, or whatever
        `estimator` takes; without labels the report says nothing about right and wrong.
    path
        The HTML file.
    title
        Heading of the page.
    max_cases
        How many cases can be looked at one by one, chosen from every cell of the confusion matrix, the wrong ones
        preferred. Figures of merit are about all cases.
    methods
        Which methods of explanation to measure: names in ``attime.explain.METHODS``. It takes the longest part of the
        time; none is fine, too.
    positive
        Of two classes, the one that precision, recall and F1 are about; the last if not given, and the page says so.
    random_state
        Seed of the choice of cases and of random orders.
    progress
        Whether to draw a progress bar; ``"auto"`` does so in a terminal.

    Raises
    ------
    OutputError
        If the file cannot be written; that is found out before any work is done.
    DataError
        If the series cannot be used, or have labels that the estimator does not know.
    OptionError
        If it is no classifier, fewer than one case is to be shown, or there is no such method or class.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from attime import AttentionClassifier, SineConfig, make_sine
    >>> series = make_sine(SineConfig(n_series=100, n_steps=60))
    >>> clf = AttentionClassifier(training={"max_epochs": 1}).fit(series[:80])
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_report(clf, series[80:], page, methods=["evidence"])
    >>> page.read_text(encoding="utf-8")[:15]
    '<!DOCTYPE html>'
    """
    _refuse_others(estimator)
    check_file(path)
    with progress_bar("report", len(STAGES), show=progress) as tick:
        data = collect(
            estimator,
            X,
            title=title,
            max_cases=max_cases,
            methods=methods,
            positive=positive,
            random_state=random_state,
            progress=tick,
        )
    page = page_of(data)
    with whole_file(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8")


def _refuse_others(estimator: object) -> None:
    """Raise an OptionError unless it is a classifier, before a missing attribute would tell less."""
    if not isinstance(estimator, AttentionClassifier):
        raise OptionError(
            f"an estimator of type {type(estimator).__name__} arrived, expected an AttentionClassifier, because a "
            "report is about classes and their probabilities; judge numbers by attime.evaluate.regression_report"
        )
