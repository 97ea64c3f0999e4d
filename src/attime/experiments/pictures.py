"""The pictures of a fitted estimator: some cases with attention and evidence, what it got right, how it learnt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from attime.data import SeriesSet
from attime.estimators import AttentionClassifier, AttentionRegressor
from attime.evaluate import ClassificationReport
from attime.files import whole_file
from attime.plot import CasePicture, case_title, plot_cases, plot_confusion, plot_history, plot_numbers, plot_roc

MOST_CASES = 4


def classifier_pictures(
    classifier: AttentionClassifier, test: SeriesSet, report: ClassificationReport
) -> dict[str, Figure]:
    """Draw what a classifier made of labelled cases; the names say what each picture shows.

    There is one of the learning where there were epochs.

    Examples
    --------
    >>> from attime.data import SineConfig, make_sine
    >>> from attime.evaluate import classification_report
    >>> series = make_sine(SineConfig(n_series=40, n_steps=50))
    >>> clf = AttentionClassifier(random_state=0).fit(series)
    >>> report = classification_report(series.labels, clf.predict_proba(series), clf.classes_)
    >>> sorted(classifier_pictures(clf, series, report))
    ['cases', 'confusion', 'roc']
    """
    assert test.labels is not None
    pictures = {
        "cases": plot_cases(first_cases(classifier, test)),
        "confusion": _figure(plot_confusion(report)),
    }
    if classifier.history_.n_epochs:
        pictures["learning"] = _figure(plot_history(classifier.history_))
    if report.positive is not None and len(np.unique(test.labels)) == 2:
        column = classifier.classes_.tolist().index(report.positive)
        probabilities = classifier.predict_proba(test)[:, column]
        pictures["roc"] = _figure(plot_roc(test.labels, probabilities, positive=report.positive))
    return pictures


def first_cases(classifier: AttentionClassifier, test: SeriesSet) -> list[CasePicture]:
    """Pick the first case of each of the first classes, with what the classifier saw in it.

    Not the best or the most typical ones: so the choice flatters no model, and the pictures of two models show the same
    series.
    """
    assert test.labels is not None
    members = [np.flatnonzero(test.labels == label) for label in classifier.classes_]
    cases = test[[int(numbers[0]) for numbers in members if len(numbers)][:MOST_CASES]]
    assert cases.labels is not None
    attention, evidence = classifier.attention(cases), classifier.evidence(cases)
    predicted = classifier.predict_proba(cases)
    return [
        CasePicture(
            series=cases.values[index],
            attention=attention[index],
            evidence=evidence[index, winner].sum(0),
            truth=cases.truth[index] if cases.truth is not None else None,
            title=case_title(cases.labels[index], classifier.classes_[winner], predicted[index, winner]),
            channels=cases.channels if cases.n_channels > 1 else None,
        )
        for index, winner in enumerate(predicted.argmax(1))
    ]


def regressor_pictures(
    regressor: AttentionRegressor, test: SeriesSet, predictions: Float64[np.ndarray, " case"]
) -> dict[str, Figure]:
    """Draw what a regressor made of cases whose number is known; the names say what each picture shows.

    The cases are those with the lowest number, with the highest, and two at equal ranks between them.

    Examples
    --------
    >>> series = SeriesSet.of(np.eye(8), np.arange(8.0))
    >>> reg = AttentionRegressor(training={"max_epochs": 1}, random_state=0).fit(series)
    >>> sorted(regressor_pictures(reg, series, reg.predict(series)))
    ['cases', 'learning', 'numbers']
    """
    assert test.labels is not None
    ranks = np.unique(np.linspace(0, len(test) - 1, MOST_CASES).astype(int))
    numbers = np.argsort(test.labels, kind="stable")[ranks]
    cases = test[numbers]
    attention, evidence = regressor.attention(cases), regressor.evidence(cases)
    drawn = [
        CasePicture(
            series=cases.values[index],
            attention=attention[index],
            evidence=evidence[index, 0].sum(0),
            truth=cases.truth[index] if cases.truth is not None else None,
            title=f"true: {test.labels[number]:.4g}\npredicted: {predictions[number]:.4g}",
            channels=cases.channels if cases.n_channels > 1 else None,
        )
        for index, number in enumerate(numbers)
    ]
    return {
        "cases": plot_cases(drawn),
        "learning": _figure(plot_history(regressor.history_)),
        "numbers": _figure(plot_numbers(test.labels, predictions, mean=regressor.target_mean_)),
    }


def write_pictures(pictures: Mapping[str, Figure], folder: Path) -> None:
    """Write each picture as a PNG file of its name into an existing folder.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    for name, figure in pictures.items():
        with whole_file(folder / f"{name}.png") as unfinished:
            figure.savefig(unfinished, dpi=150)


def _figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure
