"""Days of solar power judged as a whole: what was planted, what is found of it, and days of training with faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from common import Row
from jaxtyping import Bool, Float32, Float64

from attime.data.detection import SolarEvent, make_solar
from attime.data.detection.sun import STEPS_A_DAY

N_DAYS, N_TRAIN = 1000, 450
EVENTS = {"fault": 25, "snow": 10, "shading": 5, "clipping": 5}
FAULTS_TO_MIX_IN = 90
MONTH = 30  # days


@dataclass(frozen=True, eq=False)
class SolarDays:
    """Days to learn from, days to judge, and the events in these.

    Attributes
    ----------
    train, test
        Shape (day, inverter, 96).
    events
        Their steps count from the first step of the test.
    n_dirty
        How many of the days to learn from have a fault.
    """

    train: Float32[np.ndarray, "train_day channel step"]
    test: Float32[np.ndarray, "day channel step"]
    events: tuple[SolarEvent, ...]
    n_dirty: int = 0

    def days_of(self, event: SolarEvent) -> slice:
        """Return the days of the test that an event touches."""
        return slice(event.start // STEPS_A_DAY, (event.end - 1) // STEPS_A_DAY + 1)

    @property
    def normal(self) -> Bool[np.ndarray, " day"]:
        """Which days of the test no event touches."""
        normal = np.ones(len(self.test), dtype=bool)
        for event in self.events:
            normal[self.days_of(event)] = False
        return normal


def solar_days(seed: int, *, dirty: float = 0.0, quick: bool = False) -> SolarDays:
    """Draw days; of those to learn from, give a share a fault, with the same weather."""
    n_days, n_train, shrink = (200, 90, 10) if quick else (N_DAYS, N_TRAIN, 1)
    counts = {kind: -(-count // shrink) for kind, count in EVENTS.items()}
    first_day = "2023-07-01" if quick else "2023-01-01"  # so that a short test has its winter
    drawn = make_solar(n_days, n_train_days=n_train, anomalies=counts, first_day=first_day, random_state=seed)
    days = drawn.days().values
    train, n_dirty = days[:n_train].copy(), round(dirty * n_train)
    if n_dirty:
        faults = {"fault": FAULTS_TO_MIX_IN // shrink * 2}
        mixed = make_solar(n_days, n_train_days=0, anomalies=faults, first_day=first_day, random_state=seed).days()
        able = np.flatnonzero(mixed.labels[:n_train])
        chosen = np.random.default_rng(seed).choice(able, min(n_dirty, len(able)), replace=False)
        train[chosen] = mixed.values[chosen]
        n_dirty = len(chosen)
    first = n_train * STEPS_A_DAY
    events = tuple(
        SolarEvent(event.kind, event.start - first, event.end - first, event.channels) for event in drawn.events
    )
    return SolarDays(train, days[n_train:], events, n_dirty)


def one_a_month(scores: Float64[np.ndarray, " normal_day"]) -> float:
    """Return the lowest threshold that leaves at most one false alarm in 30 normal days: those above it are alarms.

    >>> one_a_month(np.arange(60.0))
    57.0
    """
    return float(np.sort(scores)[-1 - len(scores) // MONTH])


def found_by_kind(days: SolarDays, alarms: Bool[np.ndarray, " day"]) -> Row:
    """Return the share of the events of each kind with an alarm on one of their days, and the false alarms a month."""
    found: dict[str, list[bool]] = {kind: [] for kind in EVENTS}
    for event in days.events:
        found[event.kind].append(bool(alarms[days.days_of(event)].any()))
    recalls = {f"recall_{kind}": float(np.mean(hits)) for kind, hits in found.items()}
    wanted = found["fault"] + found["snow"]
    normal = days.normal
    return recalls | {
        "event_recall": float(np.mean(wanted)),
        "false_alarms_a_month": float(alarms[normal].mean() * MONTH),
    }
