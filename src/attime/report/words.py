"""What a report says in words: the verdict in a sentence, what is left out, and figures of merit with their meaning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from attime.evaluate import ClassificationReport


@dataclass(frozen=True)
class Merit:
    """A figure of merit as the page shows it, with a note that says what to compare it with."""

    name: str
    value: str
    note: str


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "case"), count(10_000, "case"), count(2, "class")
    ('1 case', '10,000 cases', '2 classes')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}{'es' if noun.endswith('s') else 's'}"


def share(value: float) -> str:
    """Return a share in percent; only what is exactly all or nothing is told as 100 or 0 %.

    Examples
    --------
    >>> share(0.5), share(0.99999), share(1.0)
    ('50.0 %', '> 99.9 %', '100 %')
    """
    if value in {0.0, 1.0}:
        return f"{value:.0%}".replace("%", " %")
    if value > 0.9995:
        return "> 99.9 %"
    return "< 0.1 %" if value < 0.0005 else f"{100 * value:.1f} %"


def merits_of(report: ClassificationReport) -> tuple[Merit, ...]:
    """Return the figures of a report, each with what it means or stands beside."""
    of = "mean over classes" if report.positive is None else f"of class {report.positive}"
    guess = math.log(len(report.classes))
    merits = [
        Merit("Accuracy", share(report.accuracy), f"most frequent class: {share(share_of_largest(report))}"),
        Merit("Balanced accuracy", share(report.balanced_accuracy), f"a guess: {share(1 / len(report.classes))}"),
        Merit("Precision", share(report.precision), of),
        Merit("Recall", share(report.recall), of),
        Merit("F1", f"{report.f1:.3f}", of),
    ]
    if not math.isnan(report.roc_auc):
        merits.append(Merit("ROC AUC", f"{report.roc_auc:.4f}", "a guess: 0.5"))
    merits.append(Merit("Log-loss", f"{report.negative_log_likelihood:.3f}", f"0 is best, a guess: {guess:.3f}"))
    return tuple(merits)


def share_of_largest(report: ClassificationReport) -> float:
    """Return how often the most frequent class would be right."""
    return float(report.confusion_matrix.sum(axis=1).max() / report.n_cases)


def verdict(report: ClassificationReport | None, n_cases: int, trust: str | None) -> str:
    """Say in a sentence or two how good the model is and whether its evidence can be believed.

    Parameters
    ----------
    report
        None if there are no labels to judge by.
    n_cases
        Number of cases.
    trust
        The verdict of the measures of faithfulness, if there is one.
    """
    if report is None:
        told = f"{count(n_cases, 'case')} without labels: how often the model is right cannot be said."
    else:
        largest = report.classes[np.argmax(report.confusion_matrix.sum(axis=1))]
        always = share(share_of_largest(report))
        told = (
            f"Right in {share(report.accuracy)} of {count(n_cases, 'case')}; "
            f"to answer “{largest}” every time would be right in {always}."
        )
    return told if trust is None else f"{told} {trust}"
