"""What a report says in words: the verdict in a sentence, what is left out, and figures of merit with their meaning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from attime.evaluate import ClassificationReport
from attime.explain import Faithfulness

#: What deleting the named steps came to, by how it stands beside a random order.
TRUSTED = {
    "better": "the steps that its evidence names matter to it more than random ones",
    "worse": "the steps that its evidence names matter to it less than random ones, so do not trust the pictures",
    "undecided": "whether the steps that its evidence names matter more than random ones cannot be told from this",
}


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
    mean = _means_over_classes(report)
    of = {name: "mean over classes" for name in mean}
    if report.positive is not None:
        of = {name: f"of class {report.positive}; mean of both: {value}" for name, value in mean.items()}
    merits = [
        Merit("Accuracy", share(report.accuracy), f"most frequent class: {share(share_of_largest(report))}"),
        Merit("Balanced accuracy", share(report.balanced_accuracy), f"a guess: {share(1 / len(report.classes))}"),
        Merit("Precision", share(report.precision), of["precision"]),
        Merit("Recall", share(report.recall), of["recall"]),
        Merit("F1", f"{report.f1:.3f}", of["f1"]),
    ]
    if not math.isnan(report.roc_auc):
        merits.append(Merit("ROC AUC", f"{report.roc_auc:.4f}", "a guess: 0.5"))
    guess = f"0 is best, class shares alone: {log_loss_of_shares(report):.3f}"
    merits.append(Merit("Log-loss", f"{report.negative_log_likelihood:.3f}", guess))
    return tuple(merits)


def _means_over_classes(report: ClassificationReport) -> dict[str, str]:
    """Return precision, recall and F1 as means over the classes, a share of nothing counting as 0."""
    matrix = report.confusion_matrix
    right, true, taken = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    occurs = true + taken > 0
    precision, recall = (right / np.maximum(total, 1) for total in (taken, true))
    f1 = 2 * right / np.maximum(true + taken, 1)
    return {
        "precision": share(float(precision[occurs].mean())),
        "recall": share(float(recall[occurs].mean())),
        "f1": f"{f1[occurs].mean():.3f}",
    }


def shares_of(report: ClassificationReport) -> Float[np.ndarray, " class"]:
    """Return how frequent each true class is."""
    return np.asarray(report.confusion_matrix.sum(axis=1) / report.n_cases)


def log_loss_of_shares(report: ClassificationReport) -> float:
    """Return the log-loss of one who knows how frequent the classes are, and nothing else."""
    return -float(sum(share * math.log(share) for share in shares_of(report).tolist() if share))


def share_of_largest(report: ClassificationReport) -> float:
    """Return how often the most frequent class would be right."""
    return float(shares_of(report).max())


def notes_on(n_cases: int, n_shown: int, width: int, *, labelled: bool, n_unread: int = 0) -> tuple[str, ...]:
    """Say what a page leaves out.

    Examples
    --------
    >>> notes_on(10_000, 200, 1, labelled=True)[0][:46]
    '200 of 10,000 cases can be looked at: some of '
    >>> notes_on(10, 10, 1, labelled=True)
    ()
    """
    notes = []
    if n_unread:
        notes.append(
            f"{count(n_unread, 'case')} {'is' if n_unread == 1 else 'are'} longer than any in training: counted, but "
            "not explained."
        )
    if n_shown < n_cases - n_unread:
        some = "some of every kind of answer, the wrong ones preferred" if labelled else "some of every answer"
        notes.append(
            f"{n_shown:,} of {count(n_cases, 'case')} can be looked at: {some}. They show what occurs, not how often; "
            "figures of merit are about all cases."
        )
    if width > 1:
        notes.append(
            f"The series are long: in the figures {width} steps stand together. Lines keep the lowest and highest "
            "value of these, evidence and attention are added up."
        )
    return tuple(notes)


def verdict(report: ClassificationReport | None, n_cases: int, evidence: Faithfulness | None) -> str:
    """Say in a sentence how good the model is, and whether its evidence can be believed.

    Parameters
    ----------
    report
        None if there are no labels to judge by.
    n_cases
        Number of cases.
    evidence
        How faithful the evidence is, if that was measured.
    """
    if report is None:
        told = f"{count(n_cases, 'case')} without labels: how often the answers are right cannot be said"
    else:
        largest = report.classes[np.argmax(report.confusion_matrix.sum(axis=1))]
        told = (
            f"Right in {share(report.accuracy)} of {count(n_cases, 'case')}, where always answering “{largest}” "
            f"would be right in {share(share_of_largest(report))}"
        )
    if evidence is None:
        return f"{told}."
    taken_away = next(one for one in evidence.measures if one.name == "aopcr_probability")
    return f"{told}; {TRUSTED[taken_away.beside_random or 'undecided']}."
