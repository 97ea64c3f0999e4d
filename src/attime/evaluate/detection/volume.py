"""VUS: the area under the curve, with a forgiving border around each anomaly, averaged over widths of that border.

A label ends at one step; what it names rarely does. With a buffer of ℓ steps, step t at distance d from an event counts

    s_ℓ(t) = 1 in an event, √(1 − d / ℓ) for d ≤ ℓ / 2, 0 beyond; and 1 where the buffers of two events overlap.

With TP the sum of s over the steps that score above a threshold, and B its part in the buffers,

    recall    = min(1, TP / (P + B / 2)) · share of events found     (P: anomalous steps)
    fall-out  = (N_above − TP) / (N − P − B / 2)
    precision = TP / N_above

An event is found if one of its steps, buffer included, scores above the threshold; events whose buffers share a step
are one. The area under these curves, averaged over ℓ = 0, 1, …, L, is the volume under the surface.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, Int, Real, Shaped

from attime.evaluate.detection.checks import check_length, checked_labels, checked_scores
from attime.evaluate.detection.events import Events, events_of

N_THRESHOLDS = 250
LENGTH = 100  # the longest buffer, unless given


class Volume(NamedTuple):
    """Volumes under both surfaces, made by `volume`."""

    pr: float
    roc: float


def vus_pr(labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"], *, length: int = LENGTH) -> float:
    """Measure the volume under the surface of precision and recall, the headline figure of TSB-AD.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    scores
        High where it is anomalous. Only their order counts.
    length
        The longest buffer around an event, in steps, of which half lies on either side; `reference_length` finds it
        from the series. 0 means no buffer.

    Returns
    -------
    float
        From 0 to 1. Labels as scores give 1. A constant score gives the share of anomalous steps, buffers included in
        the measure that they count.

    Raises
    ------
    DataError
        If all or no steps are anomalous, scores are not finite or not one for each label.
    OptionError
        If the length is not a whole number of at least 0.

    Notes
    -----
    This is the variant of TSB-AD, for its figures to be comparable: 250 thresholds, at evenly spaced ranks of the
    scores, so that with more than 250 steps a perfect score without ties may fall short of 1; precision summed as
    steps; P + B / 2 at each threshold. aeon and dtaianomaly have others under the same name: one P for all thresholds,
    trapezoids under the precision, buffers one step shorter behind an event or linear, and other rules for buffers that
    meet. Without buffers (length 0) their area under the ROC is the same as here.

    References
    ----------
    Paparrizos et al. (2022), "Volume under the surface: a new accuracy evaluation measure for time-series anomaly
    detection", PVLDB 15(11). Liu & Paparrizos (2024), "The elephant in the room", NeurIPS: TSB-AD.

    Examples
    --------
    An alarm that comes two steps late is still worth something:

    >>> labels, late = np.zeros(100), np.zeros(100)
    >>> labels[40:50], late[42:52] = 1, 1
    >>> round(vus_pr(labels, late, length=0), 2), round(vus_pr(labels, late, length=20), 2)
    (0.66, 0.87)
    """
    return volume(labels, scores, length=length).pr


def vus_roc(labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"], *, length: int = LENGTH) -> float:
    """Measure the volume under the surface of recall and fall-out: parameters and errors as for `vus_pr`.

    Labels as scores give 1; a constant score gives one half, and more with buffers.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1, 0, 0, 0, 0])
    >>> vus_roc(labels, labels, length=4), vus_roc(labels, np.ones(8), length=0)
    (1.0, 0.5)
    """
    return volume(labels, scores, length=length).roc


def volume(labels: Shaped[np.ndarray, " time"], scores: Real[np.ndarray, " time"], *, length: int = LENGTH) -> Volume:
    """Measure both volumes at once, for the price of one: see `vus_pr`."""
    anomalous = checked_labels(labels)
    scores = checked_scores(scores, len(anomalous))
    check_length(length, "length")
    entry = _entry(scores)
    events = events_of(anomalous)
    n_above = np.cumsum(np.bincount(entry, minlength=N_THRESHOLDS))
    n_right = np.cumsum(np.bincount(entry[anomalous], minlength=N_THRESHOLDS))
    buffers = _Buffers.around(events, anomalous, entry, length // 2)
    areas = np.empty((length + 1, 2))
    for width in range(length + 1):
        if width % 2 == 0:  # the buffer reaches one step further
            found = _found(events, entry, width // 2)
        soft = buffers.above(width)
        positives = anomalous.sum() + soft / 2
        recall = np.minimum(1.0, (n_right + soft) / positives) * found
        fall_out = (n_above - n_right - soft) / (len(scores) - positives)
        areas[width] = _areas(recall, fall_out, (n_right + soft) / n_above)
    pr, roc = areas.mean(axis=0).tolist()
    return Volume(pr, roc)


def _entry(scores: Float64[np.ndarray, " time"]) -> Int[np.ndarray, " time"]:
    """Return the first of the falling thresholds that each step reaches: above threshold k are the steps up to k."""
    ranks = np.linspace(0, len(scores) - 1, N_THRESHOLDS).astype(int)
    return np.searchsorted(np.sort(-scores)[ranks], -scores)


class _Buffers(NamedTuple):
    """Normal steps that a buffer may reach, the nearest to an event first: distances to two events, and entries."""

    nearest: Int[np.ndarray, " step"]
    second: Int[np.ndarray, " step"]
    entry: Int[np.ndarray, " step"]

    @classmethod
    def around(
        cls, events: Events, anomalous: Bool[np.ndarray, " time"], entry: Int[np.ndarray, " time"], reach: int
    ) -> _Buffers:
        steps, far = np.flatnonzero(~anomalous), 2 * len(anomalous)
        before = np.searchsorted(events.last, steps) + 1  # the last event before each step, counted behind the padding
        last = np.concatenate([[-far, -far], events.last])
        first = np.concatenate([events.first, [far, far]])
        left = steps - np.stack([last[before], last[before - 1]])
        right = np.stack([first[before - 1], first[before]]) - steps
        nearest, second = np.sort(np.concatenate([left, right]), axis=0)[:2]
        order = np.argsort(nearest, kind="stable")
        order = order[: np.searchsorted(nearest[order], reach, side="right")]
        return cls(nearest[order], second[order], entry[steps[order]])

    def above(self, width: int) -> Real[np.ndarray, " threshold"]:
        """Sum the soft labels of the buffers over the steps above each threshold."""
        n_reached = np.searchsorted(self.nearest, width // 2, side="right")
        soft = np.sqrt(1 - self.nearest[:n_reached] / max(width, 1))
        # Two of them add up to at least √2, and 1 is the limit.
        soft[self.second[:n_reached] <= width // 2] = 1
        return np.cumsum(np.bincount(self.entry[:n_reached], soft, N_THRESHOLDS))


def _found(events: Events, entry: Int[np.ndarray, " time"], reach: int) -> Float[np.ndarray, " threshold"]:
    """Return the share of events found at each threshold, where events whose buffers share a step are one."""
    apart = events.last[:-1] + reach < events.first[1:] - reach
    first = np.maximum(events.first - reach, 0)[np.append(True, apart)]
    beyond = np.minimum(events.last + reach + 1, len(entry))[np.append(apart, True)]
    # Minima of the stretches between these edges: every second one is an event; the end is an edge, too.
    earliest = np.minimum.reduceat(np.append(entry, N_THRESHOLDS), np.stack([first, beyond], axis=1).ravel())[::2]
    return np.cumsum(np.bincount(earliest, minlength=N_THRESHOLDS)) / len(first)


def _areas(
    recall: Float[np.ndarray, " threshold"],
    fall_out: Float[np.ndarray, " threshold"],
    precision: Float[np.ndarray, " threshold"],
) -> tuple[float, float]:
    """Return the area under precision over recall as steps, and under recall over fall-out as trapezoids."""
    pr = np.sum(np.diff(recall, prepend=0.0) * precision)
    roc = np.trapezoid(np.concatenate([[0.0], recall, [1.0]]), np.concatenate([[0.0], fall_out, [1.0]]))
    return float(pr), float(roc)
