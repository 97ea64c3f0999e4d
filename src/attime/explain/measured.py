"""One measure of an explanation as a value: its mean over cases, how sure that is, and what a random order reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from attime.explain.intervals import Interval, mean_interval, share_interval

FEWEST_CASES = 6  # even if all of five cases agree, a sign test does not tell them from chance (p = 1/16)


@dataclass(frozen=True)
class Kind:
    """What a measure is called, which way is better, and between which numbers it lies."""

    label: str
    higher_is_better: bool
    least: float = -np.inf
    most: float = np.inf
    right_or_wrong: bool = False


KINDS: dict[str, Kind] = {
    "aopcr": Kind("AOPCR, logit", True),
    "aopcr_probability": Kind("AOPCR, probability", True, -1, 1),
    "aopcr_second": Kind("AOPCR, probability, second way", True, -1, 1),
    "insertion_gain": Kind("insertion, gain in area", True, -1, 1),
    "comprehensiveness": Kind("comprehensiveness", True, -1, 1),
    "sufficiency": Kind("sufficiency", False, -1, 1),
    "max_sensitivity": Kind("change under small noise", False, 0),
    "randomised_weights": Kind("correlation, randomised weights", False, -1, 1),
    "average_precision": Kind("average precision", True, 0, 1),
    "pointing": Kind("highest step is true", True, 0, 1, right_or_wrong=True),
    "iou": Kind("overlap with the true steps (IoU)", True, 0, 1),
    "mass": Kind("mass on the true steps", True, 0, 1),
    "ndcg": Kind("NDCG@n", True, 0, 1),
}


@dataclass(frozen=True)
class Measured:
    """A measure of an explanation.

    Attributes
    ----------
    name, label
        Of the measure, for programs and for people.
    n_cases
        Over how many cases it was taken.
    value, low, high
        Mean over these cases, and its 95 % interval by Student's t (by Wilson's score for "pointing"); infinite, or as
        wide as the measure, for one case.
    random
        What a random order reaches, or None where there is no such thing.
    better_share
        Share of the cases that are better than their random order, equal ones by half; None without a random order.
    higher_is_better
        Which way is good.
    beside_random
        ``"better"`` or ``"worse"`` than a random order if the 95 % interval of the difference, case by case, says so
        (for "pointing", the interval itself); ``"undecided"`` if it includes 0, or there are fewer than six cases;
        None without a random order.
    """

    name: str
    label: str
    n_cases: int
    value: float
    low: float
    high: float
    random: float | None
    better_share: float | None
    higher_is_better: bool
    beside_random: Literal["better", "worse", "undecided"] | None


def measured(
    name: str, values: Float[np.ndarray, " case"], random: Float[np.ndarray, " case"] | None = None
) -> Measured:
    """Sum up a measure of `KINDS` over cases; those where it is not defined (NaN) do not count.

    Examples
    --------
    >>> found = measured("pointing", np.ones(8), np.full(8, 0.2))
    >>> found.value, found.random, found.better_share, found.beside_random
    (1.0, 0.2, 1.0, 'better')
    """
    kind = KINDS[name]
    defined = np.isfinite(values)
    values = values[defined]
    random = None if random is None else random[defined]
    interval = share_interval(values) if kind.right_or_wrong else mean_interval(values)
    gain = None if random is None else (values - random) * (1 if kind.higher_is_better else -1)
    return Measured(
        name=name,
        label=kind.label,
        n_cases=len(values),
        value=float(interval.mean),
        low=float(np.clip(interval.low, kind.least, kind.most)),
        high=float(np.clip(interval.high, kind.least, kind.most)),
        random=None if random is None else float(random.mean()),
        better_share=None if gain is None else float((gain > 0).mean() + (gain == 0).mean() / 2),
        higher_is_better=kind.higher_is_better,
        beside_random=None if gain is None else _judgement(gain, interval if kind.right_or_wrong else None),
    )


def _judgement(gain: Float[np.ndarray, " case"], of_shares: Interval | None) -> Literal["better", "worse", "undecided"]:
    if of_shares is None:
        interval = mean_interval(gain)
        low, high = float(interval.low), float(interval.high)
    else:  # right or wrong: the interval of the share, moved by what a random order reaches
        to_gain = gain.mean() - of_shares.mean
        low, high = float(of_shares.low + to_gain), float(of_shares.high + to_gain)
    if len(gain) < FEWEST_CASES or low <= 0 <= high:
        return "undecided"
    return "better" if low > 0 else "worse"
