"""The evidence of many cases at once: by class and time, around its strongest place, by channel, and the odd cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attime.data import SeriesSet
from attime.errors import DataError
from attime.estimators import AttentionClassifier
from attime.explain import (
    ChannelImportance,
    Explanation,
    Occlusion,
    align,
    channel_importance,
    explain,
    relevance_by_class,
    typical_cases,
)
from attime.report.thin import means, width_for

MOST_BINS = 200  # of a lane that is as wide as half of the page
FEWEST_TO_COMPARE = 4  # below, no case of a class is typical or strange
N_ODD, N_ODD_OF_MANY, MANY_CLASSES = 3, 1, 10
BY_GRADIENTS = "gradient_times_input"  # divides among channels, where the model's own evidence does not
BY_OCCLUSION = Occlusion(per_channel=True)  # and where there are no gradients either


@dataclass(frozen=True, eq=False)
class Around:
    """Evidence and series around the strongest evidence of each case.

    Attributes
    ----------
    offset
        Steps from the strongest evidence to the middle of each bin, shape (bin,).
    mean
        Mean evidence there, summed over channels, shape (bin,); NaN where no case has the step.
    series
        Mean of the series there, shape (channel, bin).
    """

    offset: Float[np.ndarray, " bin"]
    mean: Float[np.ndarray, " bin"]
    series: Float[np.ndarray, "channel bin"]


@dataclass(frozen=True, eq=False)
class ClassView:
    """The evidence for the answer, over the cases with one answer.

    Attributes
    ----------
    n_cases
        How many there are.
    mean
        Mean evidence of a step, for each bin, shape (bin,); NaN where no case has the step.
    around
        What lies around the strongest evidence; None if no case has any that speaks for the class.
    typical, strange
        Numbers of the cases whose evidence is most and least like that of the others; none if they are too few.
    """

    n_cases: int
    mean: Float[np.ndarray, " bin"]
    around: Around | None
    typical: tuple[int, ...]
    strange: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ChannelView:
    """Share of the relevance on each channel by a method that divides among channels, over `n_cases`."""

    method: str
    n_cases: int
    importance: ChannelImportance


@dataclass(frozen=True, eq=False)
class Views:
    """Views over some of the cases.

    Attributes
    ----------
    n_cases
        How many.
    width
        Number of steps in a bin of ``ClassView.mean``.
    classes
        A view for each class of the model; None where no case was taken for it.
    channels
        Which channel mattered; None with one channel.
    """

    n_cases: int
    width: int
    classes: tuple[ClassView | None, ...]
    channels: ChannelView | None

    @property
    def odd_cases(self) -> Int[np.ndarray, " odd"]:
        """The numbers of all typical and strange cases, in rising order."""
        views = [view for view in self.classes if view is not None]
        odd = {case for view in views for case in (*view.typical, *view.strange)}
        return np.array(sorted(odd), dtype=np.int64)


def view_cases(explanation: Explanation, cases: Int[np.ndarray, " case"]) -> Views:
    """Look at the evidence for the answers of some cases.

    Parameters
    ----------
    explanation
        Of the evidence for the predicted classes.
    cases
        The numbers of the explained cases among all.
    """
    profile = relevance_by_class(explanation)
    n_odd = N_ODD if len(explanation.classes) <= MANY_CLASSES else N_ODD_OF_MANY
    found = typical_cases(explanation, aligned=True, n=n_odd)
    width = width_for(explanation.series.n_steps, MOST_BINS)
    around = _around(explanation)
    views: list[ClassView | None] = []
    for number, n_cases in enumerate(profile.n_cases.tolist()):
        enough = n_cases >= FEWEST_TO_COMPARE
        view = ClassView(
            n_cases=n_cases,
            mean=means(_by_step(profile.mean[number]), width),
            around=around[number],
            typical=tuple(cases[found.typical[number]].tolist()) if enough else (),
            strange=tuple(cases[found.strangest[number]].tolist()) if enough else (),
        )
        views.append(view if n_cases else None)
    return Views(n_cases=len(explanation), width=width, classes=tuple(views), channels=None)


def view_channels(estimator: AttentionClassifier, series: SeriesSet) -> ChannelView | None:
    """Ask which channel mattered: by the model's own evidence if it divides among channels, or else from outside."""
    if series.n_channels == 1:
        return None
    explanation = explain(estimator, series, method="evidence")
    if explanation.relevance.shape[1] == 1:
        from_outside = BY_GRADIENTS if estimator.module_.has_gradient else BY_OCCLUSION
        explanation = explain(estimator, series, method=from_outside)
    return ChannelView(explanation.method, len(series), channel_importance(explanation))


def _around(explanation: Explanation) -> tuple[Around | None, ...]:
    n_classes = len(explanation.classes)
    try:
        aligned = align(explanation)
    except DataError:  # nothing speaks for any class
        return (None,) * n_classes
    bin_width = width_for(aligned.width, MOST_BINS)
    offset = means(np.arange(aligned.width, dtype=np.float64) - aligned.width // 2, bin_width)
    with_cases = np.unique(aligned.numbers)
    return tuple(
        Around(
            offset,
            means(_by_step(aligned.mean_relevance[number]), bin_width),
            means(aligned.mean_series[number], bin_width),
        )
        if number in with_cases
        else None
        for number in range(n_classes)
    )


def _by_step(relevance: Float[np.ndarray, "channel time"]) -> Float[np.ndarray, " time"]:
    """Sum over channels; NaN only where no channel has anything."""
    return np.where(np.isnan(relevance).all(axis=0), np.nan, np.nansum(relevance, axis=0))
