"""What can go wrong at a solar plant: kinds of events, what each does to the power, and where it may fall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from attime.data.detection.sun import STEPS_A_DAY
from attime.errors import OptionError
from attime.names import pick

HOUR = STEPS_A_DAY // 24

#: What an event does: from the power over whole days, and a generator, to the power that is left.
Effect = Callable[[Float[np.ndarray, "time channel"], np.random.Generator], Float[np.ndarray, "time channel"]]


@dataclass(frozen=True)
class SolarKind:
    """A kind of event.

    Attributes
    ----------
    effect
        What it does to the power.
    shortest, longest
        How many days it may concern.
    in_winter
        Whether it comes only while the sun is low.
    everywhere
        Whether it concerns all inverters, or one.
    """

    effect: Effect
    shortest: int
    longest: int
    in_winter: bool = False
    everywhere: bool = False


@dataclass(frozen=True)
class SolarEvent:
    """An event that was planted.

    Attributes
    ----------
    kind
        Its name in `SOLAR_KINDS`.
    start, end
        The first step that it changes, and the one after the last.
    channels
        The inverters it changes.
    """

    kind: str
    start: int
    end: int
    channels: tuple[int, ...]


def _snow(power: Float[np.ndarray, "time channel"], rng: np.random.Generator) -> Float[np.ndarray, "time channel"]:
    """Cover all panels up to some hour of the last day, 11 h or later: nothing is left, or a tenth."""
    left = power.copy()
    left[: len(power) - rng.integers(13 * HOUR + 1)] *= rng.choice([0.0, 0.1])
    return left


def _shading(power: Float[np.ndarray, "time channel"], rng: np.random.Generator) -> Float[np.ndarray, "time channel"]:
    """Take 40 % to 70 % away for one to two and a half hours, at the same time of each day."""
    centre = rng.choice(_light(power))
    shaded = abs(np.arange(len(power)) % STEPS_A_DAY - centre) < rng.integers(2, 6)
    return np.where(shaded[:, np.newaxis], power * rng.uniform(0.3, 0.6), power)


def _fault(power: Float[np.ndarray, "time channel"], rng: np.random.Generator) -> Float[np.ndarray, "time channel"]:
    """Give nothing, from one hour to the next for 2 to 48 hours."""
    left = power.copy()
    start = rng.choice(_light(power))
    left[start : start + rng.integers(2 * HOUR, 48 * HOUR + 1)] = 0
    return left


def _clipping(power: Float[np.ndarray, "time channel"], rng: np.random.Generator) -> Float[np.ndarray, "time channel"]:
    """Give no more than 40 % to 70 % of what would have been the highest power of these days."""
    return np.minimum(power, rng.uniform(0.4, 0.7) * power.max())


def _drift(power: Float[np.ndarray, "time channel"], rng: np.random.Generator) -> Float[np.ndarray, "time channel"]:
    """Lose more from day to day, as dirt settles, up to 25 % to 40 % at the end, when rain washes it off."""
    return power * (1 - rng.uniform(0.25, 0.4) * np.linspace(0, 1, len(power))[:, np.newaxis])


def _light(power: Float[np.ndarray, "time channel"]) -> np.ndarray:
    """Return the steps in the middle half of the first day's light."""
    steps = np.flatnonzero(power[:STEPS_A_DAY, 0] > 0)
    return steps[len(steps) // 4 : -(len(steps) // 4)]


SOLAR_KINDS = {
    "snow": SolarKind(_snow, 1, 3, in_winter=True, everywhere=True),
    "shading": SolarKind(_shading, 5, 15),
    "fault": SolarKind(_fault, 3, 3),
    "clipping": SolarKind(_clipping, 3, 10),
    "drift": SolarKind(_drift, 21, 42),
}


def plant_events(
    clean: Float[np.ndarray, "time channel"],
    counts: Mapping[str, int],
    *,
    first_day: int,
    winter: Bool[np.ndarray, " day"],
    rng: np.random.Generator,
) -> tuple[Float[np.ndarray, "time channel"], tuple[SolarEvent, ...]]:
    """Change the power by so many events of each kind, and tell where they are.

    No two events fall on the same day, and a day without any lies between them, so that each step has one reason.

    Parameters
    ----------
    clean
        The power without events.
    counts
        How many events of which kind.
    first_day
        The first that may have an event.
    winter
        On which days the sun is low.

    Raises
    ------
    OptionError
        If a kind is unknown, a count is no whole number from 0, or there is no room left for an event.
    """
    for name, count in counts.items():
        pick(SOLAR_KINDS, name, what="kind of event")
        if not (isinstance(count, int | np.integer) and count >= 0):
            raise OptionError(f"anomalies: {count!r} events of {name!r} arrived, expected a whole number from 0")
    values, events = clean.copy(), []
    free = np.arange(len(winter)) >= first_day
    # Those that need winter choose first, and long ones before short ones.
    kinds = sorted(SOLAR_KINDS, key=lambda name: (not SOLAR_KINDS[name].in_winter, -SOLAR_KINDS[name].longest))
    for name in [kind for kind in kinds for _ in range(counts.get(kind, 0))]:
        kind = SOLAR_KINDS[name]
        n_days = int(rng.integers(kind.shortest, kind.longest + 1))
        places = np.flatnonzero(_runs(free & winter if kind.in_winter else free, n_days))
        if not len(places):
            raise OptionError(
                f"no {n_days} days in a row are left{' in winter' * kind.in_winter} for an event of {name!r}; give "
                "more days (n_days), train on fewer (n_train_days), or ask for fewer events (anomalies)"
            )
        day = int(rng.choice(places))
        free[max(day - 1, 0) : day + n_days + 1] = False
        channels = np.arange(clean.shape[1]) if kind.everywhere else rng.integers(clean.shape[1], size=1)
        here = slice(day * STEPS_A_DAY, (day + n_days) * STEPS_A_DAY)
        values[here, channels] = kind.effect(clean[here][:, channels], rng)
        changed = here.start + np.flatnonzero((values[here] != clean[here]).any(axis=1))
        events.append(SolarEvent(name, int(changed[0]), int(changed[-1]) + 1, tuple(channels.tolist())))
    return values, tuple(sorted(events, key=lambda event: event.start))


def _runs(free: Bool[np.ndarray, " day"], n_days: int) -> Bool[np.ndarray, " day"]:
    """Return the days at which `n_days` free ones begin."""
    start = np.zeros_like(free)
    if n_days <= len(free):
        start[: len(free) - n_days + 1] = np.lib.stride_tricks.sliding_window_view(free, n_days).all(axis=1)
    return start
