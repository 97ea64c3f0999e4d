"""The report of a classifier: every usual number about its predictions on held-out cases, as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped
from sklearn import metrics

from attime.data.labels import JSON, plain, positions
from attime.errors import OptionError
from attime.evaluate.binning import N_BINS, binned
from attime.evaluate.checks import check_predictions


@dataclass(frozen=True, eq=False)
class ClassificationReport:
    """What a classifier got right and wrong.

    Attributes
    ----------
    accuracy
        Share of the cases whose most probable class is the true one.
    balanced_accuracy
        Mean of the recalls of the classes that occur among the true labels.
    precision, recall, f1
        Of the class `positive`; without one, the mean over the classes that occur among labels or predictions.
        A share of nothing counts as 0.
    roc_auc
        Area under the receiver operating characteristic; with more than two classes the mean of one class against the
        rest. NaN if a class does not occur among the labels.
    negative_log_likelihood
        Mean of −log p(true class), in nats: 0 is best, log(number of classes) is a guess.
    expected_calibration_error
        How far the probability of the answer is from how often it is right, over 15 bins; `calibration` tells more.
    brier_score
        Mean over the cases of Σ_c (p_c − y_c)², where y_c is 1 for the true class and else 0: from 0 to 2 (worst).
    confusion_matrix
        Number of cases, shape (true class, predicted class), in the order of `classes`.
    classes
        The classes of the model, shape (class,).
    n_cases
        Number of cases the report is about.
    positive
        The class that precision, recall and F1 refer to; None with more than two classes.
    """

    accuracy: float
    balanced_accuracy: float
    precision: float
    recall: float
    f1: float
    roc_auc: float
    negative_log_likelihood: float
    expected_calibration_error: float
    brier_score: float
    confusion_matrix: Int[np.ndarray, "class class"]
    classes: Shaped[np.ndarray, " class"]
    n_cases: int
    positive: Hashable | None

    def to_dict(self) -> dict[str, JSON]:
        """Return plain JSON types under the names of the attributes; NaN becomes None.

        Examples
        --------
        >>> probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
        >>> report = classification_report(np.array(["no", "no"]), probabilities, np.array(["no", "yes"]))
        >>> report.to_dict()["roc_auc"] is None, report.to_dict()["confusion_matrix"]
        (True, [[1, 1], [0, 0]])
        """
        return {
            "accuracy": self.accuracy,
            "balanced_accuracy": self.balanced_accuracy,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "roc_auc": None if math.isnan(self.roc_auc) else self.roc_auc,
            "negative_log_likelihood": self.negative_log_likelihood,
            "expected_calibration_error": self.expected_calibration_error,
            "brier_score": self.brier_score,
            "confusion_matrix": self.confusion_matrix.tolist(),
            "classes": [plain(name) for name in self.classes.tolist()],
            "n_cases": self.n_cases,
            "positive": plain(self.positive),
        }


def classification_report(
    labels: Shaped[np.ndarray, " case"],
    probabilities: Float[np.ndarray, "case class"],
    classes: Shaped[np.ndarray, " class"],
    *,
    positive: Hashable | None = None,
) -> ClassificationReport:
    """Compare predicted probabilities with true labels.

    The predicted class is the most probable one, the earlier one in a draw.

    Parameters
    ----------
    labels
        True class of each case.
    probabilities
        Probability of each class; every row adds up to 1.
    classes
        The class that each column of `probabilities` stands for, such as ``clf.classes_``.
    positive
        With two classes, the one that precision, recall and F1 refer to; the last by default, as in scikit-learn.

    Raises
    ------
    DataError
        If there are no cases, labels that are not among `classes`, shapes that do not match or rows that are not
        probabilities.
    OptionError
        If `positive` is not among `classes`, or is given although there are not two of them.

    Examples
    --------
    >>> labels = np.array(["flattened", "normal", "normal", "flattened"])
    >>> probabilities = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    >>> report = classification_report(
    ...     labels, probabilities, np.array(["flattened", "normal"]), positive="flattened"
    ... )
    >>> report.accuracy, round(report.precision, 3), report.recall, report.roc_auc
    (0.75, 0.667, 1.0, 1.0)
    >>> report.confusion_matrix
    array([[2, 0],
           [1, 1]])
    """
    labels, classes = np.asarray(labels), np.asarray(classes)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    check_predictions(labels, probabilities, classes)
    names = classes.tolist()
    true = positions(labels.tolist(), names)
    predicted = probabilities.argmax(axis=1)
    every = list(range(len(names)))
    positive = _positive(positive, names)
    scored = every if positive is None else [names.index(positive)]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        true, predicted, labels=None if positive is None else scored, average="macro", zero_division=0.0
    )
    return ClassificationReport(
        accuracy=float(metrics.accuracy_score(true, predicted)),
        # Not balanced_accuracy_score: it is the same number, with a warning for classes that are only predicted.
        balanced_accuracy=float(metrics.recall_score(true, predicted, labels=np.unique(true), average="macro")),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        roc_auc=_roc_auc(true, probabilities, scored),
        # Single precision adds up to 1 only roughly, which scikit-learn would warn about.
        negative_log_likelihood=float(
            metrics.log_loss(true, probabilities / probabilities.sum(axis=1, keepdims=True), labels=every)
        ),
        expected_calibration_error=binned(probabilities.max(axis=1), predicted == true, N_BINS).error,
        brier_score=float(((probabilities - np.eye(len(names))[true]) ** 2).sum(axis=1).mean()),
        confusion_matrix=metrics.confusion_matrix(true, predicted, labels=every),
        classes=classes,
        n_cases=len(labels),
        positive=positive,
    )


def _positive(positive: Hashable | None, names: Sequence[Hashable]) -> Hashable | None:
    if len(names) > 2:
        if positive is not None:
            raise OptionError(f"positive={positive!r} needs two classes, but there are {len(names)}; leave it out")
        return None
    if positive is None:
        return names[-1]
    if positive not in names:
        raise OptionError(f"positive={positive!r} is not a class; choose one of {', '.join(map(repr, names))}")
    return names[names.index(positive)]


def _roc_auc(
    true: Int[np.ndarray, " case"], probabilities: Float[np.ndarray, "case class"], scored: list[int]
) -> float:
    if len(np.unique(true)) < probabilities.shape[1]:
        return math.nan
    return float(np.mean([metrics.roc_auc_score(true == index, probabilities[:, index]) for index in scored]))
