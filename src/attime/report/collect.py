"""From an estimator and series to `ReportData`: every number of a report is computed here, or asked for from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.estimators import AttentionClassifier
from attime.evaluate import ClassificationReport, classification_report
from attime.explain import explain
from attime.report.data import ReportData
from attime.report.facts import facts_of
from attime.report.gallery import Gallery, room_for, show_cases
from attime.report.sample import choose_cases
from attime.report.trust import Trust, measure_trust
from attime.report.views import Views, view_cases
from attime.report.words import count, verdict

METHODS = ("evidence", "attention", "random")
MOST_VIEWED, MOST_MEASURED = 1000, 200
STAGES = ("predicting", "explaining", "choosing cases", "measuring faithfulness")


def collect(
    estimator: AttentionClassifier,
    X: ArrayLike | pd.DataFrame | SeriesSet,
    *,
    title: str | None = None,
    max_cases: int = 200,
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
    progress(STAGES[0])
    series = estimator.series(X)
    probabilities = estimator.predict_proba(series)
    true = None
    if series.labels is not None:
        true = positions(series.labels.tolist(), estimator.classes_.tolist())
        report = report or classification_report(series.labels, probabilities, estimator.classes_)

    progress(STAGES[1])
    lot = np.random.default_rng(random_state).permutation(len(series))
    viewed = explain(estimator, series[np.sort(lot[:MOST_VIEWED])], method="evidence")
    views = view_cases(viewed, np.sort(lot[:MOST_VIEWED]))

    progress(STAGES[2])
    room = room_for(max_cases, len(estimator.classes_), series.n_channels)
    chosen = choose_cases(true, probabilities.argmax(axis=1), room, random_state=random_state)
    shown = np.union1d(chosen, views.odd_cases())
    gallery = show_cases(estimator, series, shown, probabilities=probabilities, true=true)

    progress(STAGES[3])
    measured = series[np.sort(lot[:MOST_MEASURED])]
    trust = tuple(measure_trust(estimator, measured, method, random_state=random_state) for method in METHODS)
    return ReportData(
        title=title or "What the model saw",
        verdict=verdict(report, len(series), trust[0].verdict if trust else None),
        n_cases=len(series),
        classes=tuple(map(str, estimator.classes_)),
        channels=series.channels,
        report=report,
        history=estimator.history_,
        gallery=gallery,
        views=views,
        trust=trust,
        facts=facts_of(estimator, series, random_state=random_state, now=datetime.now().astimezone()),
        notes=(),
    )
