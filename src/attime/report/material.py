"""What a report is made from: the series that can be explained, the answers to them, and which are looked at."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attime.data import SeriesSet
from attime.data.labels import positions
from attime.data.split import generator_of
from attime.errors import DataError, OptionError
from attime.estimators import AttentionClassifier
from attime.evaluate import Calibration, ClassificationReport, calibration, classification_report
from attime.explain import METHODS
from attime.names import pick

MOST_VIEWED = 1000
MOST_MEASURED, FEWEST_MEASURED, MEASURED_STEPS = 100, 30, 50_000  # long series take long: fewer of them


@dataclass(frozen=True, eq=False)
class Material:
    """Series and answers; all but the first three are about the explicable ones, which are no longer than in training.

    Attributes
    ----------
    n_cases
        Number of all cases.
    report, calibrated
        Figures of merit, and how well the probabilities fit, over all cases; None without labels.
    numbers
        Of the explicable cases among all.
    series
        The explicable ones.
    probabilities
        Of each class.
    true
        Number of the true class; None without labels.
    viewed, measured
        Places in `series` of those whose evidence is viewed, and by which explanations are judged.
    """

    n_cases: int
    report: ClassificationReport | None
    calibrated: Calibration | None
    numbers: Int[np.ndarray, " case"]
    series: SeriesSet
    probabilities: Float[np.ndarray, "case class"]
    true: Int[np.ndarray, " case"] | None
    viewed: Int[np.ndarray, " viewed"]
    measured: Int[np.ndarray, " measured"]


def checked_methods(methods: Sequence[str]) -> tuple[str, ...]:
    """Return the names of methods of explanation.

    Raises
    ------
    OptionError
        If they are no list, or one of them is unknown.

    Examples
    --------
    >>> checked_methods(["evidence"])
    ('evidence',)
    """
    if isinstance(methods, str):
        raise OptionError(f"methods={methods!r} arrived, expected a list of names; give [{methods!r}]")
    for method in methods:
        pick(METHODS, method, what="method")
    return tuple(methods)


def gather(
    estimator: AttentionClassifier, series: SeriesSet, *, positive: Hashable | None, random_state: int
) -> Material:
    """Ask the estimator about the series, once, and judge the answers.

    Parameters
    ----------
    estimator
        A fitted classifier.
    series
        As ``estimator.series`` gives them.
    positive
        As for `classification_report`.
    random_state
        Seed of the choice of cases.

    Raises
    ------
    DataError
        If all series are longer than any in training, or have labels that the estimator does not know.
    OptionError
        If there is no such class as `positive`.
    """
    readable = series.lengths <= estimator.n_steps_
    if not readable.any():
        raise DataError(
            f"all series are longer than the longest in fit ({estimator.n_steps_} steps), so there is none to explain; "
            f"cut them to {estimator.n_steps_} steps"
        )
    probabilities, classes = estimator.predict_proba(series), estimator.classes_
    true = report = calibrated = None
    if series.labels is not None:
        true = positions(series.labels.tolist(), classes.tolist())[readable]
        report = classification_report(series.labels, probabilities, classes, positive=positive)
        calibrated = calibration(series.labels, probabilities, classes, random_state=random_state)
    lot = generator_of(random_state).permutation(int(readable.sum()))
    n_measured = max(FEWEST_MEASURED, min(MOST_MEASURED, MEASURED_STEPS // series.n_steps))
    return Material(
        n_cases=len(series),
        report=report,
        calibrated=calibrated,
        numbers=np.flatnonzero(readable),
        series=series[readable],
        probabilities=probabilities[readable],
        true=true,
        viewed=np.sort(lot[:MOST_VIEWED]),
        measured=np.sort(lot[:n_measured]),
    )
