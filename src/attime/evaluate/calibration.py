"""Calibration: of the cases that a classifier is 80 % sure of, are 80 % right?

    ECE = Σ_b n_b / n · | accuracy_b − confidence_b |

over bins b of the confidence, which is the probability of the answer. With a finite number of cases the sum is above 0
also if all probabilities are exactly right, so it stands beside what it would be then: see `by_lot`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int, Shaped
from scipy.special import ndtri

from attime.data.labels import positions
from attime.errors import OptionError
from attime.evaluate.binning import N_BINS, Binned, binned
from attime.evaluate.by_lot import ByLot, if_they_were_right
from attime.evaluate.checks import check_predictions

LEVEL = 0.95
ROUNDING = 1e-12  # sums of the same numbers differ by so much
VERDICTS = {
    "overconfident": "The probabilities are too high: the answers are {confidence} sure on average, and {accuracy} of "
    "them are right.",
    "underconfident": "The probabilities are too low: the answers are {confidence} sure on average, and {accuracy} of "
    "them are right.",
    "uneven": "On average the probabilities fit, {confidence} sure and {accuracy} right, but some are too high and "
    "others too low: they are off by {error}, where chance alone would give {chance}.",
    "fitting": "Nothing speaks against the probabilities: the answers are {confidence} sure on average, and {accuracy} "
    "of them are right; they are off by {error}, where chance alone would give {chance}.",
}


@dataclass(frozen=True, eq=False)
class Calibration:
    """How well probabilities agree with how often answers are right; made by `calibration`.

    Attributes
    ----------
    n_cases
        Number of cases.
    edges
        Of the bins, from 0 to 1, shape (edge,): one more than there are bins.
    counts
        Cases of each bin.
    confidence, accuracy
        Mean probability of the answer, and share of right answers in each bin; NaN in an empty one.
    low, high
        95 % interval of the accuracy of each bin (Wilson's score); NaN in an empty one.
    expected_error, largest_error
        Expected (ECE) and maximum calibration error (MCE): distance of confidence and accuracy, as the mean over cases
        and in the worst bin. The worst bin often has few cases: see `low` and `high`.
    chance_error
        What the expected error would be on average, if every probability were exactly right.
    classwise_error
        Mean over the classes of the expected error of the probability of that class, whether answered or not.
    brier_score
        Mean over the cases of Σ_c (p_c − y_c)², where y_c is 1 for the true class and else 0: from 0 to 2 (worst).
    mean_confidence, mean_accuracy
        Over all cases.
    tendency
        ``"overconfident"``, ``"underconfident"``, ``"uneven"`` (right on average, wrong in parts), each if it goes
        beyond what chance does in 95 % of the draws to probabilities that are exactly right; or else ``"fitting"``.
    """

    n_cases: int
    edges: Float[np.ndarray, " edge"]
    counts: Int[np.ndarray, " bin"]
    confidence: Float[np.ndarray, " bin"]
    accuracy: Float[np.ndarray, " bin"]
    low: Float[np.ndarray, " bin"]
    high: Float[np.ndarray, " bin"]
    expected_error: float
    largest_error: float
    chance_error: float
    classwise_error: float
    brier_score: float
    mean_confidence: float
    mean_accuracy: float
    tendency: Literal["overconfident", "underconfident", "uneven", "fitting"]

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence."""
        return VERDICTS[self.tendency].format(
            confidence=_percent(self.mean_confidence),
            accuracy=_percent(self.mean_accuracy),
            error=_percent(self.expected_error),
            chance=_percent(self.chance_error),
        )


def calibration(
    labels: Shaped[np.ndarray, " case"],
    probabilities: Float[np.ndarray, "case class"],
    classes: Shaped[np.ndarray, " class"],
    *,
    n_bins: int = N_BINS,
    random_state: int | None = 0,
) -> Calibration:
    """Compare how sure the answers are with how often they are right.

    Parameters
    ----------
    labels
        True class of each case; best of cases that the classifier has not seen.
    probabilities
        Probability of each class; every row adds up to 1.
    classes
        The class that each column of `probabilities` stands for, such as ``clf.classes_``.
    n_bins
        How many bins of equal width. A probability on the edge of two belongs to the lower one.
    random_state
        Seed of the draws that tell what chance alone would give; None for a new one each time.

    Raises
    ------
    DataError
        As for `classification_report`.
    OptionError
        If there is not a bin at least.

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning", AAAI: the
    errors. Guo et al. (2017), "On calibration of modern neural networks", ICML, https://arxiv.org/abs/1706.04599: with
    15 bins of the confidence. Kull et al. (2019), NeurIPS, https://arxiv.org/abs/1910.12656: class by class. Brier
    (1950), Monthly Weather Review 78. Bröcker & Smith (2007), Weather and Forecasting 22: what chance alone would give.

    Examples
    --------
    Ten answers, each 90 % sure, of which six are right:

    >>> labels = np.array(["yes"] * 6 + ["no"] * 4)
    >>> found = calibration(labels, np.tile([0.1, 0.9], (10, 1)), np.array(["no", "yes"]))
    >>> round(found.expected_error, 2), found.tendency
    (0.3, 'overconfident')
    >>> found.verdict
    'The probabilities are too high: the answers are 90.0 % sure on average, and 60.0 % of them are right.'
    """
    labels, classes = np.asarray(labels), np.asarray(classes)
    probabilities = np.asarray(probabilities, dtype=np.float64)
    check_predictions(labels, probabilities, classes)
    if isinstance(n_bins, bool) or not isinstance(n_bins, int | np.integer) or n_bins < 1:
        raise OptionError(f"n_bins={n_bins!r} arrived, expected how many bins there are to be; give 1 or more")
    true = positions(labels.tolist(), classes.tolist())
    truth = np.arange(len(classes)) == true[:, np.newaxis]
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    bins = binned(confidence, right, n_bins)
    by_lot = if_they_were_right(confidence, n_bins, random_state=random_state)
    low, high = _interval(bins)
    return Calibration(
        n_cases=len(labels),
        edges=np.linspace(0, 1, n_bins + 1),
        counts=bins.counts,
        confidence=bins.confidence,
        accuracy=bins.frequency,
        low=low,
        high=high,
        expected_error=bins.error,
        largest_error=bins.largest_error,
        chance_error=float(by_lot.error.mean()),
        classwise_error=float(
            np.mean([binned(*of_class, n_bins).error for of_class in zip(probabilities.T, truth.T, strict=True)])
        ),
        brier_score=float(((probabilities - truth) ** 2).sum(axis=1).mean()),
        mean_confidence=float(confidence.mean()),
        mean_accuracy=float(right.mean()),
        tendency=_tendency(float((confidence - right).mean()), bins.error, by_lot),
    )


def _tendency(
    excess: float, error: float, by_lot: ByLot
) -> Literal["overconfident", "underconfident", "uneven", "fitting"]:
    """Say how the probabilities fail, if they fail by more than chance does in 95 of 100 draws."""
    low, high = np.quantile(by_lot.excess, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if excess > high + ROUNDING:
        return "overconfident"
    if excess < low - ROUNDING:
        return "underconfident"
    return "uneven" if error > np.quantile(by_lot.error, LEVEL) + ROUNDING else "fitting"


def _interval(bins: Binned) -> tuple[Float[np.ndarray, " bin"], Float[np.ndarray, " bin"]]:
    """Return the ends of Wilson's interval of each share, which is never empty, not even of 3 out of 3."""
    n, share, z = np.where(bins.counts > 0, bins.counts, np.nan), bins.frequency, ndtri((1 + LEVEL) / 2)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # At 0 and 1 rounding may put the end of the interval a hair inside of its own share.
    return np.clip(middle - half, 0.0, share), np.clip(middle + half, share, 1.0)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
