"""From an estimator and series to `ReportData`: every number of a report is computed here, or asked for from here."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from attime.data import SeriesSet
from attime.errors import UnsuitableError
from attime.estimators import AttentionClassifier
from attime.explain import Faithfulness, explain, faithfulness
from attime.report.data import ReportData
from attime.report.facts import facts_of
from attime.report.gallery import room_for, show_cases
from attime.report.material import Material, checked_methods, gather
from attime.report.sample import choose_cases
from attime.report.views import Views, view_cases, view_channels
from attime.report.words import notes_on, verdict

EVIDENCE = "evidence"
METHODS = (EVIDENCE, "attention", "random")
STAGES = ("predicting", "explaining", "measuring faithfulness", "choosing cases")


def collect(
    estimator: AttentionClassifier,
    X: ArrayLike | pd.DataFrame | SeriesSet,
    *,
    title: str | None = None,
    max_cases: int = 200,
    methods: Sequence[str] = METHODS,
    positive: Hashable | None = None,
    random_state: int = 0,
    progress: Callable[[str], object] = lambda stage: None,
) -> ReportData:
    """Compute what a report says; the parameters are those of `write_report`.

    Parameters
    ----------
    progress
        Called with the name of each stage before it begins.

    Raises
    ------
    DataError
        If the series cannot be used, or have labels that the estimator does not know.
    OptionError
        If fewer than one case is to be shown, or there is no such method or class.
    """
    methods = checked_methods(methods)
    progress(STAGES[0])
    series = estimator.series(X)
    room = room_for(max_cases, len(estimator.classes_), series.n_channels)
    material = gather(estimator, series, positive=positive, random_state=random_state)

    progress(STAGES[1])
    views = _views(estimator, material)

    progress(STAGES[2])
    measured = material.series[material.measured]
    trust, not_measured = _measure(estimator, measured, methods, random_state)

    progress(STAGES[3])
    odd = np.searchsorted(material.numbers, views.odd_cases)
    answers = material.probabilities.argmax(axis=1)
    always = odd if 2 * len(odd) <= room else odd[:0]
    shown = choose_cases(material.true, answers, room, always=always, random_state=random_state)
    gallery = show_cases(estimator, material, shown)
    return ReportData(
        title=title or f"What the model saw in {Path(series.source).name or 'the series'}",
        verdict=verdict(material.report, len(series), next((part for part in trust if part.method == EVIDENCE), None)),
        n_cases=len(series),
        classes=tuple(map(str, estimator.classes_)),
        channels=series.channels,
        report=material.report,
        calibration=material.calibrated,
        history=estimator.history_,
        reason=estimator.reason_,
        gallery=gallery,
        views=views,
        trust=trust,
        facts=facts_of(estimator, material.series, random_state=random_state, now=datetime.now().astimezone()),
        notes=(
            *notes_on(
                len(series),
                len(shown),
                gallery.width,
                labelled=material.true is not None,
                n_unread=len(series) - len(material.series),
            ),
            *not_measured,
        ),
    )


def _views(estimator: AttentionClassifier, material: Material) -> Views:
    series, viewed = material.series, material.viewed
    views = view_cases(explain(estimator, series[viewed], method=EVIDENCE), material.numbers[viewed])
    return replace(views, channels=view_channels(estimator, series[material.measured]))


def _measure(
    estimator: AttentionClassifier, series: SeriesSet, methods: Sequence[str], random_state: int
) -> tuple[tuple[Faithfulness, ...], tuple[str, ...]]:
    """Return how faithful each method is, and a sentence about each that has nothing to say of this model."""
    trust, notes = [], []
    for method in methods:
        try:
            explanation = explain(estimator, series, method=method, random_state=random_state)
        except UnsuitableError as error:
            notes.append(f"Not measured: {error}.")
            continue
        if explanation.uniform.all():
            notes.append(f"Not measured: {method} is the same at every step of this model, so it names none.")
        else:
            trust.append(faithfulness(estimator, explanation, random_state=random_state))
    return tuple(trust), tuple(notes)
