"""Event recall at a false-alarm rate: how many events are found before the false alarms become too many?

At a threshold, steps that reach it are alarmed, and neighbouring alarmed steps are one alarm. It is false if it touches
no event. An alarm that stays on disturbs again, so that false alarms at a threshold are counted as

    runs + (alarmed steps outside of events − runs) / lasting      (runs: alarms that touch no event)

The threshold is lowered as long as this stays within the rate; an event with an alarmed step is found.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float64, Int, Real, Shaped

from attime.errors import OptionError
from attime.evaluate.detection.checks import check_length, checked_labels, checked_scores
from attime.evaluate.detection.events import events_of

ALARM_RATE = 1.0  # false alarms in so many normal steps:
PER = 1000
LASTING = 100  # steps


def event_recall(
    labels: Shaped[np.ndarray, " time"],
    scores: Real[np.ndarray, " time"],
    *,
    alarm_rate: float = ALARM_RATE,
    per: int = PER,
    lasting: int = LASTING,
) -> float:
    """Measure the share of events that are found while false alarms stay within a rate.

    Parameters
    ----------
    labels
        1 at anomalous steps, 0 at normal ones.
    scores
        High where it is anomalous. Only their order counts.
    alarm_rate, per
        So many false alarms are allowed in so many normal steps: 1 in 1,000, unless given. One a month, with a step
        every 15 minutes, is ``alarm_rate=1, per=30 * 96``. A series so short that less than one alarm is allowed gets
        none.
    lasting
        An alarm outside of events counts as another one for each such number of steps that it goes on.

    Returns
    -------
    float
        From 0 to 1. A constant score finds nothing, unless the rate allows an alarm that never ends.

    Raises
    ------
    DataError
        If all or no steps are anomalous, scores are not finite or not one for each label.
    OptionError
        If the rate is negative or not finite, or a number of steps is not a whole number of at least 1.

    Notes
    -----
    The threshold is the lowest that keeps the rate, as do all above it. Without this and without `lasting`, one alarm
    over the whole series would find all events and, as it touches them, be true.

    Examples
    --------
    Of three events one is found without a false alarm, two if two are allowed, and all if four are:

    >>> labels, scores = np.zeros(2500), np.zeros(2500)
    >>> labels[500:510] = labels[1000:1010] = labels[1500:1510] = 1
    >>> scores[[10, 505, 1005, 1505, 2000, 2100]] = 5, 9, 4, 2, 3, 3
    >>> [round(event_recall(labels, scores, alarm_rate=rate), 2) for rate in (0, 1, 2)]
    [0.33, 0.67, 1.0]
    """
    anomalous = checked_labels(labels)
    scores = checked_scores(scores, len(anomalous))
    check_length(per, "per", at_least=1)
    check_length(lasting, "lasting", at_least=1)
    if isinstance(alarm_rate, bool) or not isinstance(alarm_rate, int | float) or not 0 <= alarm_rate < np.inf:
        raise OptionError(f"alarm_rate={alarm_rate!r} arrived, expected false alarms in {per} steps; give 0 or more")
    thresholds, level = np.unique(-scores, return_inverse=True)  # level 0 is the highest score
    n_levels = len(thresholds)
    runs = _false_runs(level, anomalous, n_levels)
    n_alarmed = np.cumsum(np.bincount(level[~anomalous], minlength=n_levels))
    n_false = runs + (n_alarmed - runs) / lasting
    # A hair more, because 3 / 1000 of 1000 steps is not always 3.
    too_many = n_false > alarm_rate / per * (~anomalous).sum() * (1 + 1e-12)
    n_kept = int(np.argmax(too_many)) if too_many.any() else n_levels
    events = events_of(anomalous)
    highest = np.minimum.reduceat(np.append(level, n_levels), np.stack([events.first, events.last + 1], axis=1).ravel())
    return float((highest[::2] < n_kept).mean())


def _false_runs(
    level: Int[np.ndarray, " time"], anomalous: Bool[np.ndarray, " time"], n_levels: int
) -> Float64[np.ndarray, " level"]:
    """Count at each threshold the alarms that touch no event."""
    quiet = events_of(~anomalous)
    change = np.zeros(n_levels + 1)
    for first, last in zip(*quiet, strict=True):
        stretch, after_event, before_event = level[first : last + 1], first > 0, last < len(level) - 1
        # An alarm begins at a step once that is alarmed, until the step before it is, too. At an event none begins.
        before = np.concatenate([[-1 if after_event else n_levels], stretch[:-1]])
        begins = stretch < before
        np.add.at(change, stretch[begins], 1)
        np.add.at(change, before[begins], -1)
        if before_event:  # the alarm that reaches the event is not false; if it comes from another, none was counted
            change[stretch[-1]] -= 1
            change[stretch.max() if after_event else n_levels] += 1
    return np.cumsum(change[:-1])
