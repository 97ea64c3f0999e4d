"""Does an explanation name the steps and the channels at which something was planted?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped
from sklearn.metrics import average_precision_score

from attime.errors import DataError
from attime.estimators.detection import Departure


@dataclass(frozen=True)
class Located:
    """How well relevance finds what is known to be wrong; made by `locate`.

    Attributes
    ----------
    channel
        Whether the channel with the largest relevance over the steps at fault is one at fault.
    channel_by_chance
        The share of the channels that are at fault.
    steps
        Average precision of the relevance of steps, added up over channels.
    steps_by_chance
        The share of the steps that are at fault: what an order without knowledge reaches.
    """

    channel: bool
    channel_by_chance: float
    steps: float
    steps_by_chance: float


def locate(departure: Departure, labels: Shaped[np.ndarray, "time channel"], *, around: int | None = None) -> Located:
    """Measure one explanation by what is known.

    Parameters
    ----------
    departure
        From ``detector.explain(X)``.
    labels
        1 or true where a value is at fault, shape (time, channel).
    around
        Look only so many steps before the first one at fault and after the last; the whole series if not given.

    Raises
    ------
    DataError
        If the shape differs, or nothing or everything is at fault.

    Examples
    --------
    >>> from attime import AttentionDetector
    >>> series = np.sin(np.arange(600)[:, None] / 4 + np.arange(3))
    >>> series[500:510, 1] = 0
    >>> labels = np.zeros((200, 3))
    >>> labels[100:110, 1] = 1
    >>> found = locate(AttentionDetector(window=25).fit(series[:400]).explain(series[400:]), labels)
    >>> found.channel, found.steps > 0.9, found.steps_by_chance
    (True, True, 0.05)
    """
    wrong = np.asarray(np.asarray(labels) > 0)
    if wrong.shape != departure.relevance.shape:
        raise DataError(
            f"labels of shape {wrong.shape} arrived, expected {departure.relevance.shape}: time and channel of what "
            "was explained"
        )
    steps = np.flatnonzero(wrong.any(1))
    if not 0 < len(steps) < len(wrong):
        raise DataError(f"{len(steps)} of {len(wrong)} steps are labelled, expected some, and not all")
    relevance = np.nan_to_num(departure.relevance)
    own = slice(0, len(wrong)) if around is None else slice(max(steps[0] - around, 0), steps[-1] + 1 + around)
    truth = wrong[own].any(1)
    return Located(
        channel=bool(wrong[:, relevance[steps].sum(0).argmax()].any()),
        channel_by_chance=float(wrong.any(0).mean()),
        steps=float(average_precision_score(truth, relevance[own].sum(1))),
        steps_by_chance=float(truth.mean()),
    )
