"""The gallery: the cases that a report shows one by one, with evidence for every class, cut to what a page holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.report.material import Material
from attime.report.thin import extremes, means, sums, width_for

MOST_BINS = 500  # about as many as a screen has room for
FEWEST_BINS = 150  # rather than fewer, cases are left out
MOST_NUMBERS = 1_600_000  # at two bytes each, as text, about 4.3 MB

Run = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the cases beside their series.

    Attributes
    ----------
    names
        Of the static covariates.
    values
        What they are, as words, for each case.
    evidence
        What each adds to the logit of each class, shape (shown, class, covariate).
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    evidence: Float[np.ndarray, "shown class covariate"]


@dataclass(frozen=True, eq=False)
class Gallery:
    """Cases to look at.

    Attributes
    ----------
    cases
        Their numbers among all cases, counted from 0, in rising order.
    probabilities
        Of each class, shape (shown, class).
    predicted, true
        Numbers of classes; `true` is None where nobody knows it.
    logits
        Shape (shown, class): the evidence of a class, added up, what is known of the case, and the bias.
    bias
        Of each class, shape (class,).
    values
        Lowest and highest value in each bin, in order of time; shape (shown, channel, bin, 2).
    evidence
        Sum in each bin, shape (shown, class, evidence channel, bin), where the second but last has one entry if the
        network does not divide its evidence among channels.
    attention
        Sum in each bin, shape (shown, bin).
    times
        Mean time in each bin, shape (shown, bin); None where steps are at equal distances.
    truth
        First step and step after the last of each part that is known to matter, for each case; None if nobody knows.
    lengths
        Number of steps of each case.
    width
        Number of steps in a bin.
    known
        What is known of them beside their series; None if nothing is.
    """

    cases: Int[np.ndarray, " shown"]
    probabilities: Float[np.ndarray, "shown class"]
    predicted: Int[np.ndarray, " shown"]
    true: Int[np.ndarray, " shown"] | None
    logits: Float[np.ndarray, "shown class"]
    bias: Float[np.ndarray, " class"]
    values: Float[np.ndarray, "shown channel bin 2"]
    evidence: Float[np.ndarray, "shown class evidence_channel bin"]
    attention: Float[np.ndarray, "shown bin"]
    times: Float[np.ndarray, "shown bin"] | None
    truth: tuple[tuple[Run, ...], ...] | None
    lengths: Int[np.ndarray, " shown"]
    width: int
    known: Known | None = None


def room_for(n_cases: int, n_classes: int, n_channels: int) -> int:
    """Return how many cases fit on a page, `n_cases` at most, if each is drawn with the fewest bins.

    Raises
    ------
    OptionError
        If `n_cases` is below 1.

    Examples
    --------
    >>> room_for(200, 12, 1), room_for(200, 60, 3)
    (200, 57)
    """
    if n_cases < 1:
        raise OptionError(f"{n_cases} cases were asked for, expected how many a page is to show; give 1 or more")
    return max(1, min(n_cases, MOST_NUMBERS // (FEWEST_BINS * _numbers_a_bin(n_classes, n_channels))))


def show_cases(estimator: AttentionClassifier, material: Material, places: Int[np.ndarray, " shown"]) -> Gallery:
    """Ask the estimator about some of the cases, and thin what it says.

    Parameters
    ----------
    estimator
        A fitted classifier.
    material
        The cases that can be shown.
    places
        Places in ``material.series`` of those to show.
    """
    shown, probabilities = material.series[places], material.probabilities[places]
    evidence = estimator.evidence(shown)
    _, n_classes, n_channels, n_steps = evidence.shape
    known = estimator.static_evidence(shown)
    most = MOST_NUMBERS // (len(places) * _numbers_a_bin(n_classes, n_channels))
    width = width_for(n_steps, max(FEWEST_BINS, min(MOST_BINS, most)))
    return Gallery(
        cases=material.numbers[places],
        probabilities=probabilities,
        predicted=probabilities.argmax(axis=1),
        true=None if material.true is None else material.true[places],
        logits=evidence.sum(axis=(2, 3)) + known.sum(axis=2) + estimator.bias_,
        bias=estimator.bias_,
        values=extremes(shown.values, width),
        evidence=sums(evidence, width),
        attention=sums(np.nan_to_num(estimator.attention(shown)), width),
        times=None if shown.times is None else means(shown.times, width),
        truth=None if shown.truth is None else tuple(_runs(row) for row in shown.truth),
        lengths=shown.lengths,
        width=width,
        known=None if shown.static is None else Known(tuple(shown.static.columns), _values(shown.static), known),
    )


def _values(static: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return values as a table shows them."""
    return tuple(
        tuple("missing" if pd.isna(value) else f"{value:.6g}" if isinstance(value, float) else value for value in row)
        for row in static.itertuples(index=False)
    )


def _numbers_a_bin(n_classes: int, n_channels: int) -> int:
    """Count the evidence, the two ends of the values, and the attention."""
    return n_channels * (n_classes + 2) + 1


def _runs(mask: np.ndarray) -> tuple[Run, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return tuple((int(start), int(end)) for start, end in edges.reshape(-1, 2))
