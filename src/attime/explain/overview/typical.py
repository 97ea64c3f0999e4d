"""Typical and strange cases: how far the explanation of a case agrees with those of the others of its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int, Shaped

from attime.errors import OptionError
from attime.explain.arguments import whole
from attime.explain.explanation import Explanation
from attime.explain.overview.alignment import centres, checked_width, windows
from attime.explain.overview.grouping import TARGET, class_numbers, relevance_where_present


@dataclass(frozen=True, eq=False)
class TypicalCases:
    """The most typical and the strangest cases of each class; made by `typical_cases`.

    Attributes
    ----------
    by
        What makes the class of a case: ``"true"``, ``"predicted"`` or ``"target"``.
    aligned
        Whether cases were compared around their strongest evidence, or else step by step from their beginning.
    classes
        All classes of the classifier.
    numbers
        The number of the class of each case, shape (case,).
    score
        How far each case agrees with the others of its class, shape (case,): a correlation, from −1 to 1, and NaN for
        the only case of a class.
    typical
        For each class the indices of its most typical cases, the most typical first; empty if it has no cases.
    strangest
        For each class the indices of its strangest cases, the strangest first. No case stands in both.
    """

    by: str
    aligned: bool
    classes: Shaped[np.ndarray, " class"]
    numbers: Int[np.ndarray, " case"]
    score: Float[np.ndarray, " case"]
    typical: tuple[np.ndarray, ...]
    strangest: tuple[np.ndarray, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each case that is named: class, kind ("typical", "strange"), rank from 1, case, score."""
        rows = [
            (label, kind, rank, case, self.score[case])
            for kind, chosen in (("typical", self.typical), ("strange", self.strangest))
            for label, cases in zip(self.classes.tolist(), chosen, strict=True)
            for rank, case in enumerate(cases.tolist(), start=1)
        ]
        table = pd.DataFrame(rows, columns=["class", "kind", "rank", "case", "score"])
        return table.astype({"rank": np.int64, "case": np.int64, "score": np.float64})


def typical_cases(
    explanation: Explanation, *, aligned: bool = False, n: int = 3, by: str = TARGET, width: int | None = None
) -> TypicalCases:
    """Find the cases of each class whose relevance is most and least like that of the others.

    The score of a case is the correlation of its relevance with the mean relevance of the others of its class, over
    the steps that both have. Each case is standardised first, lest one with large relevance make the mean. Relevance
    that is the same everywhere agrees with nothing: its score is 0. Cases with equal scores stand in the order of the
    data.

    Parameters
    ----------
    explanation
        Of all cases that are to be compared.
    aligned
        Compare what lies around the strongest evidence of each case (see `align`), so that it does not matter when it
        happened; a case in which nothing speaks for the class has score 0. False compares step with step, so that a
        case is strange also if the same thing happened at another time.
    n
        How many cases to name of either kind; of a class with fewer than twice as many, half of them.
    by
        What makes the class of a case: ``"target"``, ``"predicted"`` or ``"true"``.
    width
        Of the windows, if aligned; a quarter of the longest series by default.

    Raises
    ------
    OptionError
        If `n` is below 1, `width` is out of range or given without `aligned`, or there is no such `by`.
    DataError
        If relevance of an observed step is not finite, or true classes are asked for and there are no labels.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> series = SeriesSet.of(np.zeros((4, 5)))
    >>> explanation = Explanation(
    ...     series, relevance=np.array([[[0, 0, 1, 2, 0]], [[0, 0, 1, 3, 0]], [[3, 1, 0, 0, 0.0]], [[0, 0, 1, 1, 0]]]),
    ...     target=np.array(["up"] * 4), probabilities=np.ones((4, 1)), classes=np.array(["up"]), method="evidence",
    ... )
    >>> found = typical_cases(explanation, n=1)
    >>> found.typical[0].tolist(), found.strangest[0].tolist()
    ([0], [2])
    """
    whole("n", n)
    if width is not None and not aligned:
        raise OptionError(f"width {width} arrived without alignment, where there are no windows; pass aligned=True too")
    relevance, numbers = relevance_where_present(explanation), class_numbers(explanation, by)
    if aligned:
        width = checked_width(width, relevance.shape[2])
        # Where nothing speaks for the class the window lies before the series: there is nothing in it to agree with.
        centre = centres(relevance, width)
        relevance = windows(relevance, np.where(centre < 0, -width, centre - width // 2), width)
    score = np.full(len(numbers), np.nan)
    typical, strangest = [], []
    for number in range(len(explanation.classes)):
        cases = np.flatnonzero(numbers == number)
        if len(cases) > 1:
            score[cases] = agreement(relevance[cases].reshape(len(cases), -1))
        best_first = cases[np.argsort(-score[cases], kind="stable")]
        half = (len(cases) + 1) // 2
        typical.append(best_first[: min(n, half)])
        others = np.sort(best_first[half:])
        strangest.append(others[np.argsort(score[others], kind="stable")][:n])
    return TypicalCases(by, aligned, explanation.classes, numbers, score, tuple(typical), tuple(strangest))


def agreement(relevance: Float[np.ndarray, "case step"]) -> Float[np.ndarray, " case"]:
    """Return the correlation of each case with the mean of the others, over the steps (not NaN) that both have.

    Examples
    --------
    >>> agreement(np.array([[0.0, 1.0, 0.0], [0.0, 2.0, 0.0], [1.0, 0.0, 1.0]]))
    array([ 0.,  0., -1.])
    """
    seen = ~np.isnan(relevance)
    own = _standardised(np.where(seen, relevance, 0.0), seen)
    n_others = seen.sum(axis=0) - seen
    common = seen & (n_others > 0)
    others = np.divide(own.sum(axis=0) - own, n_others, out=np.zeros_like(own), where=common)
    return (_standardised(own, common) * _standardised(others, common)).sum(axis=1) / np.maximum(common.sum(axis=1), 1)


def _standardised(
    values: Float[np.ndarray, "case step"], seen: Bool[np.ndarray, "case step"]
) -> Float[np.ndarray, "case step"]:
    """Return values of mean 0 and deviation 1 over what is seen, and 0 elsewhere and where all are the same."""
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)
    # Divided by the largest, because squares of very large or very small numbers would leave the range of floats.
    largest = np.abs(values).max(axis=1, keepdims=True, initial=0.0)
    scaled = np.divide(values, largest, out=np.zeros_like(values), where=largest > 0)
    centred = np.where(seen, scaled - (scaled * seen).sum(axis=1, keepdims=True) / count, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=1, keepdims=True) / count)
    # What is left of equal numbers after the mean was taken away is rounding.
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
