"""What a fitted classifier says of a file: its predictions, its explanations, and a page about both."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pandas as pd

from attime.data import SeriesSet, read
from attime.engines import refuse_other_classes
from attime.estimators import AttentionClassifier
from attime.experiments.files import positive_class, static_columns
from attime.explain import REPLACEMENTS, Explanation, explain, faithfulness
from attime.files import whole_file
from attime.names import pick
from attime.report import METHODS, write_report

MOST_MEASURED = 100  # cases, spread over the file, that an explanation is judged by


def report_file(
    classifier: AttentionClassifier,
    data: str | os.PathLike[str],
    page: str | os.PathLike[str],
    *,
    target: str | None = None,
    static: Sequence[str] | None = None,
    positive: str | None = None,
    title: str | None = None,
    max_cases: int = 200,
    methods: Sequence[str] = METHODS,
    random_state: int = 0,
) -> None:
    """Write a page about a fitted classifier and a file of series; see `attime.report.write_report`.

    Parameters
    ----------
    data
        A file that `attime.read` understands, with labels or without.
    page
        The HTML file.
    target, positive
        As for `fit_file`.
    static
        The columns of static covariates, in a CSV file; those of the fit if not given.
    title, max_cases, methods, random_state
        As for `write_report`.

    Raises
    ------
    DataError
        If the file or what is in it cannot be used; the message names the place.
    OptionError
        If there is no such class or method, or fewer than one case is to be shown.
    OutputError
        If the page cannot be written.
    """
    series = _read(classifier, data, target, static)
    chosen = positive_class(classifier.classes_, positive)
    write_report(
        classifier,
        series,
        page,
        title=title,
        max_cases=max_cases,
        methods=methods,
        positive=chosen,
        random_state=random_state,
    )


def explain_file(
    classifier: AttentionClassifier,
    data: str | os.PathLike[str],
    *,
    method: str = "evidence",
    replacement: str = "delete",
    explain_class: str | None = None,
    target: str | None = None,
    static: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, str]:
    """Explain the cases of a file: a row for each step that was observed, and in words how far that can be believed.

    Parameters
    ----------
    data
        A file that `attime.read` understands, with labels or without.
    method
        A name in ``attime.explain.METHODS``.
    replacement
        What is left in place of a step when the explanation is judged: a name in ``attime.explain.REPLACEMENTS``.
    explain_class
        The name of the class to explain; the predicted class of each case if not given.
    target
        The column of labels, in a CSV file.
    static
        The columns of static covariates, in a CSV file; those of the fit if not given.

    Raises
    ------
    DataError
        If the file or what is in it cannot be used; the message names the place.
    OptionError
        If there is no such method, replacement or class.
    """
    series = _read(classifier, data, target, static)
    wanted: object = "predicted"
    if explain_class is not None:
        names = {str(label): label for label in classifier.classes_.tolist()}
        wanted = [pick(names, explain_class, what="class")] * len(series)
    pick(REPLACEMENTS, replacement, what="replacement")  # before the work, not after it
    explanation = explain(classifier, series, method=method, target=wanted)
    measured = np.unique(np.linspace(0, len(series) - 1, MOST_MEASURED).astype(int))
    verdict = faithfulness(classifier, explanation[measured], replacement=replacement).verdict
    return explanation.to_frame().set_index("case"), "\n".join(filter(None, (verdict, _what_is_known(explanation))))


def _what_is_known(explanation: Explanation) -> str:
    """Say how much static covariates matter beside the steps, which the table is about; nothing if there are none."""
    if explanation.static_evidence is None:
        return ""
    sizes = dict(zip(explanation.static_names, np.abs(explanation.static_evidence).mean(axis=0), strict=True))
    told = ", ".join(f"{name} by {size:.3g}" for name, size in sizes.items())
    if explanation.method == "evidence":
        told += f"; the series moves it by {np.abs(explanation.by_step.sum(axis=1)).mean():.3g}"
    return f"What is known of a case beside its series moves the logit, too, on average: {told}."


def _read(
    classifier: AttentionClassifier, data: str | os.PathLike[str], target: str | None, static: Sequence[str] | None
) -> SeriesSet:
    """Read a file; where its first column is taken for the class without having been named, see that it is one."""
    series = read(data, target=target, need_target=False, static=static_columns(classifier, static))
    if target is None:
        refuse_other_classes(classifier, series, os.fspath(data))
    return series


def write_table(frame: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write a table, its index as the first column.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with whole_file(path) as unfinished:
        frame.to_csv(unfinished)
