"""The gallery: the cases that a report shows one by one, with evidence for every class, cut to what a page holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
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
        Shape (shown, class): the evidence of a class, added up, and its bias.
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
    most = MOST_NUMBERS // (len(places) * _numbers_a_bin(n_classes, n_channels))
    width = width_for(n_steps, max(FEWEST_BINS, min(MOST_BINS, most)))
    return Gallery(
        cases=material.numbers[places],
        probabilities=probabilities,
        predicted=probabilities.argmax(axis=1),
        true=None if material.true is None else material.true[places],
        logits=evidence.sum(axis=(2, 3)) + estimator.bias_,
        bias=estimator.bias_,
        values=extremes(shown.values, width),
        evidence=sums(evidence, width),
        attention=sums(np.nan_to_num(estimator.attention(shown)), width),
        times=None if shown.times is None else means(shown.times, width),
        truth=None if shown.truth is None else tuple(_runs(row) for row in shown.truth),
        lengths=shown.lengths,
        width=width,
    )


def _numbers_a_bin(n_classes: int, n_channels: int) -> int:
    """Count the evidence, the two ends of the values, and the attention."""
    return n_channels * (n_classes + 2) + 1


def _runs(mask: np.ndarray) -> tuple[Run, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return tuple((int(start), int(end)) for start, end in edges.reshape(-1, 2))
