"""From an estimator and series to `ReportData`: every number of a report is computed here, or asked for from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.data.split import generator_of
from attime.errors import DataError, OptionError
from attime.estimators import AttentionClassifier
from attime.evaluate import ClassificationReport, classification_report
from attime.explain import METHODS as KNOWN_METHODS
from attime.explain import Faithfulness, explain, faithfulness
from attime.names import pick
from attime.report.data import ReportData
from attime.report.facts import facts_of
from attime.report.gallery import room_for, show_cases
from attime.report.sample import choose_cases
from attime.report.views import view_cases, view_channels
from attime.report.words import notes_on, verdict

EVIDENCE = "evidence"
METHODS = (EVIDENCE, "attention", "random")
MOST_VIEWED = 1000
MOST_MEASURED, FEWEST_MEASURED, MEASURED_STEPS = 100, 30, 50_000  # long series take long: fewer of them
UNREAD = "{} cases are longer than any in training: they are counted, but not explained."
STAGES = ("predicting", "explaining", "measuring faithfulness", "choosing cases")


def collect(
    estimator: AttentionClassifier,
    X: ArrayLike | pd.DataFrame | SeriesSet,
    *,
    title: str | None = None,
    max_cases: int = 200,
    methods: Sequence[str] = METHODS,
    report: ClassificationReport | None = None,
    random_state: int = 0,
    progress: Callable[[str], object] = lambda stage: None,
) -> ReportData:
    """Compute what a report says; the parameters are those of `write_report`.

    Parameters
    ----------
    report
        Figures of merit over these cases; computed from the labels if not given.
    progress
        Called with the name of each stage before it begins.

    Raises
    ------
    DataError
        If the series cannot be used, or have labels that the estimator does not know.
    OptionError
        If fewer than one case is to be shown.
    """
    if isinstance(methods, str):
        raise OptionError(f"methods={methods!r} arrived, expected a list of names; give [{methods!r}]")
    for method in methods:
        pick(KNOWN_METHODS, method, what="method")
    progress(STAGES[0])
    series = estimator.series(X)
    readable = series.lengths <= estimator.n_steps_
    if not readable.any():
        raise DataError(
            f"all series are longer than the longest in fit ({estimator.n_steps_} steps), so there is none to explain; "
            f"cut them to {estimator.n_steps_} steps"
        )
    if report is not None and (series.labels is None or report.n_cases != len(series)):
        raise OptionError(
            f"a report over {report.n_cases} cases arrived for {len(series)} series "
            f"{'without' if series.labels is None else 'with'} labels; give one over these cases, or none"
        )
    room = room_for(max_cases, len(estimator.classes_), series.n_channels)
    probabilities = estimator.predict_proba(series)
    true = None
    if series.labels is not None:
        true = positions(series.labels.tolist(), estimator.classes_.tolist())
        report = report or classification_report(series.labels, probabilities, estimator.classes_)

    n_cases = len(series)
    series, probabilities = series[readable], probabilities[readable]
    true = None if true is None else true[readable]
    lot = generator_of(random_state).permutation(len(series))
    n_measured = max(FEWEST_MEASURED, min(MOST_MEASURED, MEASURED_STEPS // series.n_steps))
    viewed, measured = np.sort(lot[:MOST_VIEWED]), np.sort(lot[:n_measured])

    progress(STAGES[1])
    views = replace(
        view_cases(explain(estimator, series[viewed], method=EVIDENCE), viewed),
        channels=view_channels(estimator, series[measured]),
    )

    progress(STAGES[2])
    trust = tuple(_measure(estimator, series[measured], method, random_state) for method in methods)

    progress(STAGES[3])
    odd = views.odd_cases if 2 * len(views.odd_cases) <= room else views.odd_cases[:0]
    shown = choose_cases(true, probabilities.argmax(axis=1), room, always=odd, random_state=random_state)
    gallery = show_cases(estimator, series, shown, probabilities=probabilities, true=true)
    return ReportData(
        title=title or f"What the model saw in {Path(series.source).name or 'the series'}",
        verdict=verdict(report, n_cases, next((part for part in trust if part.method == EVIDENCE), None)),
        n_cases=n_cases,
        classes=tuple(map(str, estimator.classes_)),
        channels=series.channels,
        report=report,
        history=estimator.history_,
        gallery=gallery,
        views=views,
        trust=trust,
        facts=facts_of(estimator, series, random_state=random_state, now=datetime.now().astimezone()),
        notes=(
            *notes_on(n_cases, len(shown), gallery.width, labelled=true is not None),
            *([UNREAD.format(n_cases - len(series))] if n_cases > len(series) else []),
        ),
    )


def _measure(estimator: AttentionClassifier, series: SeriesSet, method: str, random_state: int) -> Faithfulness:
    explanation = explain(estimator, series, method=method, random_state=random_state)
    return faithfulness(estimator, explanation, random_state=random_state)
