"""How a trial is judged: fold by fold of a cross-validation whose folds are the same in every trial."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from jaxtyping import Int
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from attime.data import SeriesSet
from attime.errors import DataError, DataWarning, TrainingError
from attime.estimators import AttentionClassifier
from attime.training import TrainingInterruptedWarning
from attime.tuning.metrics import Metric

TRIALS_TO_COMPARE_WITH = 5


@dataclass(frozen=True, eq=False)
class Folds:
    """Series in parts, each of which is judged once by what was learnt from the others.

    Examples
    --------
    >>> folds = Folds.of(SeriesSet.of(np.eye(6), ["a", "b"] * 3), 3, seed=0)
    >>> [len(held_out) for _, held_out in folds.parts]
    [2, 2, 2]
    """

    series: SeriesSet
    targets: Int[np.ndarray, " case"]
    parts: tuple[tuple[Int[np.ndarray, " kept"], Int[np.ndarray, " held_out"]], ...]

    @classmethod
    def of(cls, series: SeriesSet, n_folds: int, *, seed: int) -> Folds:
        """Deal out the cases, every class in proportion.

        Raises
        ------
        DataError
            If there are no labels, a class has a single case, or every class has fewer cases than there are folds.
        """
        where = series.from_where
        if series.labels is None:
            raise DataError(f"{where}read without labels, which are needed to tune; name their column, or give y")
        classes, targets, counts = np.unique(series.labels, return_inverse=True, return_counts=True)
        if counts.min() < 2:
            raise DataError(
                f"{where}class {classes[counts.argmin()].item()!r} has one case, which cannot be both learnt and "
                "checked; add cases, or remove it"
            )
        if counts.max() < n_folds:
            raise DataError(
                f"{where}{n_folds} folds were asked for, but no class has more than {counts.max()} cases; "
                "ask for fewer folds"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a class with fewer cases than folds: each learns it still
            parts = StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(np.zeros(len(series)), targets)
            return cls(series, targets, tuple(parts))

    def __len__(self) -> int:
        return len(self.parts)

    def scores(self, estimator: AttentionClassifier, metric: Metric) -> Iterator[float]:
        """Yield the mean score over the folds so far, fold by fold.

        Raises
        ------
        TrainingError
            If training goes astray.
        """
        total = 0.0
        for number, (kept, held_out) in enumerate(self.parts, start=1):
            shares = _fitted(clone(estimator), self.series[kept]).predict_proba(self.series[held_out])
            if not np.isfinite(shares).all():
                raise TrainingError("the probabilities are no numbers; lower the learning rate")
            total += metric.measure(self.targets[held_out], shares)
            yield total / number


def is_behind(score: float, others: Sequence[float], metric: Metric) -> bool:
    """Say whether a trial is worse than the median of what others had after as many folds.

    The median stopping rule (Golovin et al. 2017, https://doi.org/10.1145/3097983.3098043). As the folds are the same
    in all trials, none is stopped for having had the harder ones.

    Examples
    --------
    >>> from attime.tuning import METRICS
    >>> is_behind(0.7, [0.5, 0.8, 0.9, 0.9, 1.0], METRICS["accuracy"])
    True
    """
    return len(others) >= TRIALS_TO_COMPARE_WITH and metric.better(median(others), score)


def _fitted(estimator: AttentionClassifier, series: SeriesSet) -> AttentionClassifier:
    """Fit; Ctrl-C ends the search, not only this fit, because half a training says nothing about parameters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the last fit, on all cases, tells of them
        warnings.simplefilter("ignore", TrainingInterruptedWarning)
        estimator.fit(series)
    if any(history.ended == "interrupted" for history in estimator.histories_):
        raise KeyboardInterrupt
    return estimator
