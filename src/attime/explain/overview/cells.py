"""The cells of the confusion matrix: which cases were taken for what, and where the classifier looked then."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int, Shaped

from attime.errors import OptionError
from attime.explain.explanation import Explanation
from attime.explain.overview.grouping import class_numbers, mean_by_class, relevance_where_present
from attime.names import name_hint


@dataclass(frozen=True, eq=False)
class ConfusionCells:
    """Cases and mean relevance of each cell (true class, predicted class); made by `confusion_cells`.

    Attributes
    ----------
    classes
        The classes, in the order of rows and columns.
    counts
        Cases of each cell, shape (true class, predicted class): the confusion matrix.
    true, predicted
        The number of the true and of the predicted class of each case, shape (case,).
    probability
        Of the predicted class, shape (case,).
    mean
        Mean relevance of each cell by step, summed over channels, shape (true class, predicted class, time); NaN where
        no case of the cell has the step.
    """

    classes: Shaped[np.ndarray, " class"]
    counts: Int[np.ndarray, "class class"]
    true: Int[np.ndarray, " case"]
    predicted: Int[np.ndarray, " case"]
    probability: Float[np.ndarray, " case"]
    mean: Float[np.ndarray, "class class time"]

    def cases(self, true: Hashable, predicted: Hashable) -> Int[np.ndarray, " chosen"]:
        """Return the indices of the cases of one cell, those first of which the classifier was most certain.

        Raises
        ------
        OptionError
            If there is no such class.
        """
        chosen = np.flatnonzero((self.true == self._number(true)) & (self.predicted == self._number(predicted)))
        return chosen[np.argsort(-self.probability[chosen], kind="stable")]

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each cell: true, predicted, n_cases, and the mean probability of the predicted class."""
        n_classes = len(self.classes)
        true, predicted = np.indices((n_classes, n_classes)).reshape(2, -1)
        probability = mean_by_class(self.probability, self.true * n_classes + self.predicted, n_classes**2)
        return pd.DataFrame(
            {
                "true": self.classes[true],
                "predicted": self.classes[predicted],
                "n_cases": self.counts.ravel(),
                "probability": probability,
            }
        )

    def _number(self, label: Hashable) -> int:
        known = self.classes.tolist()
        if label not in known:
            hint = name_hint(str(label), map(str, known))
            raise OptionError(f"class {label!r} is unknown, expected one of the classes of the classifier; {hint}")
        return known.index(label)


def confusion_cells(explanation: Explanation) -> ConfusionCells:
    """Sort the cases into the cells of the confusion matrix, so that each confusion can be looked at.

    Relevance speaks for the class that was explained: the predicted one, if that was asked for, so that in the cell of
    a confusion it tells what spoke for the wrong class.

    Parameters
    ----------
    explanation
        Of labelled series.

    Raises
    ------
    DataError
        If the series have no labels, or labels that the classifier does not know, or relevance of an observed step is
        not finite.

    Examples
    --------
    >>> from attime.data import SeriesSet
    >>> series = SeriesSet.of(np.zeros((3, 2)), labels=["a", "a", "b"])
    >>> explanation = Explanation(
    ...     series, relevance=np.array([[[0.0, 1.0]], [[3.0, 0.0]], [[5.0, 0.0]]]), target=np.array(["a", "b", "b"]),
    ...     probabilities=np.array([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]]), classes=np.array(["a", "b"]),
    ...     method="evidence",
    ... )
    >>> cells = confusion_cells(explanation)
    >>> cells.counts.tolist(), cells.cases("a", "b").tolist(), cells.mean[0, 1].tolist()
    ([[1, 1], [0, 1]], [1], [3.0, 0.0])
    """
    true, predicted = class_numbers(explanation, "true"), class_numbers(explanation, "predicted")
    n_classes = len(explanation.classes)
    cell = true * n_classes + predicted
    by_step = np.where(explanation.present, np.nansum(relevance_where_present(explanation), axis=1), np.nan)
    return ConfusionCells(
        classes=explanation.classes,
        counts=np.bincount(cell, minlength=n_classes**2).reshape(n_classes, n_classes),
        true=true,
        predicted=predicted,
        probability=explanation.probabilities.max(axis=1),
        mean=mean_by_class(by_step, cell, n_classes**2).reshape(n_classes, n_classes, -1),
    )
