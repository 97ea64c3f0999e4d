"""What `attime detect` says: what was learnt, what was found, and how that agrees with labels."""

from __future__ import annotations

import math

from attime.cli.tell import tell
from attime.events import announce, numbers_of
from attime.experiments.detection import FileFound
from attime.report.forecasting.times import times_in_words

WORST = 3
MEASURES = {"vus_pr": "VUS-PR", "vus_roc": "VUS-ROC", "auc_pr": "AUC-PR", "event_recall": "events found"}


def tell_detector(found: FileFound) -> None:
    """Print what was learnt from, and what the alarms rest on."""
    detector = found.detector
    learnt = f"learnt from {found.n_train:,} steps; " if found.n_train else ""
    threshold = f"{detector.threshold_:.4g}" if math.isfinite(detector.threshold_) else "none, too few steps for it"
    tell(
        f"{learnt}window of {detector.window_} steps; threshold {threshold}, for {detector.alarm_rate:g} false alarms "
        "in 1,000 steps"
    )


def tell_found(found: FileFound) -> None:
    """Print how many events there are, the worst of them, and how scores agree with labels."""
    departure, detected = found.departure, found.departure.detected
    n_events, n_alarms = len(departure.events), int(detected.alarms.sum())
    measured = found.measured
    agreement = {} if measured is None else numbers_of(measured)
    announce("result", {"events": n_events, "alarms": n_alarms, "steps": len(detected), **agreement})
    outside = n_alarms - sum(int(detected.alarms[part.event.start : part.event.end].sum()) for part in departure.events)
    usual = f", {outside:,} of them less rare than asked for, raised to hold the rate" if outside else ""
    tell(f"{_counted(n_events, 'event')} in {len(detected):,} steps ({_counted(n_alarms, 'alarm')}{usual})")
    words = times_in_words(detected.times)
    for number in departure.worst[:WORST]:
        part = departure.events[number]
        event = part.event
        first = f"channel {part.channels[0]}" if part.channels[0].isdecimal() else part.channels[0]
        where = f", {first} ({100 * part.shares[0]:.0f} % of it)" if len(part.channels) > 1 else ""
        tell(
            f"  {words[event.start]} to {words[event.end - 1]}: severity {event.severity:.3g}, "
            f"p = {event.p_value:.2g}{where}"
        )
    if found.labels is None:
        return
    if measured is None:
        tell("the labels mark no event after what was learnt from, so that nothing can be measured by them")
        return
    values = ", ".join(f"{label} {getattr(measured, name):.3f}" for name, label in MEASURES.items())
    tell(
        f"by the labels ({_counted(measured.n_events, 'event')}, {100 * measured.chance:.2g} % of the steps): {values}"
    )


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
