"""Can the probabilities be believed? Their errors, beside those of the class shares and of what chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

from attime.evaluate import Calibration, ClassificationReport
from attime.report.words import log_loss_of_shares, share, share_of_largest, shares_of


@dataclass(frozen=True)
class Error:
    """A line of the table: what is measured, of this classifier, of the class shares, and by chance; "–" for none."""

    name: str
    meaning: str
    own: str
    of_shares: str
    by_chance: str


def errors_of(calibrated: Calibration, report: ClassificationReport) -> tuple[Error, ...]:
    """Return how wrong the probabilities are.

    Whoever answers with the shares of the classes, the same each time, is as often right as he says, and knows nothing:
    so the errors of calibration stand beside log-loss and Brier score, for which knowing something counts, too.

    Examples
    --------
    >>> import numpy as np
    >>> from attime.evaluate import calibration, classification_report
    >>> cases = np.array(["no", "no", "yes"]), np.array([[0.9, 0.1]] * 3), np.array(["no", "yes"])
    >>> first = errors_of(calibration(*cases), classification_report(*cases))[0]
    >>> first.own, first.of_shares
    ('23.3 %', '0 %')
    """
    brier_of_shares = float(1 - (shares_of(report) ** 2).sum())
    return (
        Error(
            "Calibration error (ECE)",
            "distance of sureness and share of right answers, the mean over cases",
            share(calibrated.expected_error),
            share(0.0),
            share(calibrated.chance_error),
        ),
        Error("In the worst bin", "it may have few cases", share(calibrated.largest_error), share(0.0), "–"),
        Error(
            "Class by class",
            "the mean for the probability of each class, answered or not",
            share(calibrated.classwise_error),
            share(0.0),
            "–",
        ),
        Error(
            "Log-loss",
            "mean of −log of the probability of the true class",
            f"{report.negative_log_likelihood:.3f}",
            f"{log_loss_of_shares(report):.3f}",
            "–",
        ),
        Error("Brier score", "from 0 to 2", f"{calibrated.brier_score:.3f}", f"{brier_of_shares:.3f}", "–"),
        Error(
            "Sureness",
            "mean probability of the answer",
            share(calibrated.mean_confidence),
            share(share_of_largest(report)),
            "–",
        ),
        Error("Right answers", "accuracy", share(calibrated.mean_accuracy), share(share_of_largest(report)), "–"),
    )
