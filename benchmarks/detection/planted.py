"""Several channels that share a cycle, in one of which something goes wrong: is the right one named, and when?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from common import Row
from jaxtyping import Float64
from sklearn.metrics import average_precision_score

from attime.estimators.detection import AttentionDetector

N_STEPS, N_TRAIN, N_CHANNELS = 3000, 2000, 4
FIRST, LAST = 2300, 2700  # between which the anomaly begins
CYCLES = (25, 60)  # steps
NOISE = 0.05
Values = Float64[np.ndarray, "time channel"]
Part = Float64[np.ndarray, " time"]


def _spike(part: Part, rng: np.random.Generator) -> Part:
    part = part.copy()
    part[: int(rng.integers(1, 4))] += rng.choice([-1, 1]) * rng.uniform(2.5, 4)
    return part


def _flat(part: Part, rng: np.random.Generator) -> Part:
    return np.full_like(part, part[0])


def _level_shift(part: Part, rng: np.random.Generator) -> Part:
    return part + rng.choice([-1, 1]) * rng.uniform(1, 2)


def _noise(part: Part, rng: np.random.Generator) -> Part:
    return part + rng.normal(scale=0.6, size=len(part))


def _shape(part: Part, rng: np.random.Generator) -> Part:
    """Go through it twice, at double speed."""
    return np.concatenate([part[::2], part[1::2]])


#: What goes wrong over one cycle; the unit is about a deviation of the channel.
KINDS: dict[str, Callable[[Part, np.random.Generator], Part]] = {
    "spike": _spike,
    "flat": _flat,
    "level_shift": _level_shift,
    "noise": _noise,
    "shape": _shape,
}


@dataclass(frozen=True, eq=False)
class Planted:
    """A series with one anomaly: in which channel, and which steps of it differ from what would have been."""

    values: Values
    clean: Values
    channel: int

    @property
    def steps(self) -> Float64[np.ndarray, " time"]:
        """1 where something is wrong."""
        return (self.values != self.clean).any(1).astype(np.float64)


def plant(kind: str, seed: int) -> Planted:
    """Draw channels with the same cycle, each with its own curve, unit and noise, and spoil one for a cycle."""
    rng = np.random.default_rng(seed)
    cycle = int(rng.integers(*CYCLES))
    phase = 2 * np.pi * np.arange(N_STEPS)[:, np.newaxis] / cycle
    curve = np.sin(phase + rng.uniform(0, 6, N_CHANNELS))
    curve += rng.uniform(0.2, 0.7, N_CHANNELS) * np.sin(2 * phase + rng.uniform(0, 6, N_CHANNELS))
    clean = curve + NOISE * rng.normal(size=curve.shape)
    values, channel, start = clean.copy(), int(rng.integers(N_CHANNELS)), int(rng.integers(FIRST, LAST))
    values[start : start + cycle, channel] = KINDS[kind](clean[start : start + cycle, channel], rng)
    unit, level = 10 ** rng.uniform(-1, 2, N_CHANNELS), rng.normal(size=N_CHANNELS)
    return Planted(unit * (values + level), unit * (clean + level), channel)


def explained(kind: str, seed: int) -> list[Row]:
    """Fit, and tell whether the worst event that overlaps the anomaly names its channel, and how well steps are told.

    Where the detector explains, also the channel and the steps by that.
    """
    planted = plant(kind, seed)
    detector = AttentionDetector(random_state=seed).fit(planted.values[:N_TRAIN])
    test, wrong = planted.values[N_TRAIN:], planted.steps[N_TRAIN:]
    found = detector.detect(test)
    overlapping = [event for event in found.events if wrong[event.start : event.end].any()]
    worst = max(overlapping, key=lambda event: event.severity, default=None)
    row: Row = {
        "kind": kind,
        "named": worst is not None and worst.channel == str(planted.channel),
        "channel": worst.channel if worst is not None else None,
        "average_precision_scores": float(average_precision_score(wrong, found.scores)),
    }
    if hasattr(detector, "explain"):
        relevance = np.nan_to_num(detector.explain(test).relevance)
        row["named_explained"] = bool(relevance[wrong == 1].sum(0).argmax() == planted.channel)
        row["average_precision"] = float(average_precision_score(wrong, relevance.max(1)))
    return [row]
