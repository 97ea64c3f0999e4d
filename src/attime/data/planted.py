"""Planted tasks: random waves, and in half of them something that makes the class, at steps that are known.

The sine task is one way in which series may differ; an explanation that only points there has been made for it. Each
task here plants another kind of event into the same background.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

from attime.data.series import SeriesSet
from attime.data.split import generator_of
from attime.errors import OptionError
from attime.names import pick

NORMAL = "normal"
FEWEST_STEPS = 50
SHORTEST, LONGEST = 0.08, 0.3  # of a planted part, as a share of the series
NOISE, HUM = 0.1, 0.15  # deviation of the noise and amplitude of the vibration that every background has

#: What an event does to the part of a series that it falls on: from the values there and a generator to new values.
Event = Callable[[Float[np.ndarray, " time"], np.random.Generator], Float[np.ndarray, " time"]]


def _flat(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Stand still."""
    return np.full_like(part, part[0])


def _level(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Be higher."""
    return part + rng.uniform(1.0, 2.0)


def _noise(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Be noisier."""
    return part + rng.uniform(0.4, 0.8) * rng.standard_normal(len(part))


def _vibration(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Vibrate, slower than the hum of the background."""
    return part + 0.5 * np.sin(2 * np.pi * (np.arange(len(part)) / rng.uniform(10, 14) + rng.random()))


def _smooth(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Lose noise and hum."""
    width = 9
    return np.convolve(np.pad(part, width // 2, mode="reflect"), np.ones(width) / width, mode="valid")


def _bump(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Rise and fall again, as half a sine."""
    return part + rng.uniform(1.5, 2.5) * np.sin(np.pi * np.linspace(0, 1, len(part)))


def _saw(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Rise slowly and fall at once."""
    return part + rng.uniform(1.5, 2.5) * np.linspace(0, 1, len(part))


def _spike(part: Float[np.ndarray, " time"], rng: np.random.Generator) -> Float[np.ndarray, " time"]:
    """Stick out, as single steps."""
    return part + rng.choice([-1.0, 1.0], len(part)) * rng.uniform(2.0, 3.0, len(part))


PLANTED: dict[str, tuple[Event, ...]] = {
    "flat": (_flat,),
    "level": (_level,),
    "noise": (_noise,),
    "vibration": (_vibration,),
    "smooth": (_smooth,),
    "bump or saw": (_bump, _saw),
    "spikes": (_spike,),
    "one of three channels": (_level,),
}


def make_planted(task: str, *, n_series: int = 1000, n_steps: int = 300, random_state: int = 0) -> SeriesSet:
    """Draw series of a planted task.

    The background is a sum of two waves of random frequency, phase and size, with a fine hum and noise. In every class
    but "normal" something happens to one part of it, between 8 % and 30 % of the series long; spikes fall on two to
    six single steps instead. Classes are equally frequent.

    Parameters
    ----------
    task
        What is planted: ``"flat"``, ``"level"``, ``"noise"``, ``"vibration"``, ``"smooth"``, ``"bump or saw"`` (three
        classes: normal, bump, saw), ``"spikes"``, or ``"one of three channels"`` (a level, in any of them).
    n_series, n_steps
        How many series, of how many time steps.
    random_state
        The seed.

    Returns
    -------
    SeriesSet
        Shuffled; `truth` marks the planted steps.

    Raises
    ------
    OptionError
        If there is no such task, or the series are too few or too short.

    Examples
    --------
    >>> series = make_planted("level", n_series=4, n_steps=100)
    >>> sorted(series.labels.tolist())
    ['level', 'level', 'normal', 'normal']
    """
    events = pick(PLANTED, task, what="planted task")
    if n_series < len(events) + 1 or n_steps < FEWEST_STEPS:
        raise OptionError(
            f"{n_series} series of {n_steps} steps were asked for, but {task!r} needs {len(events) + 1} series of "
            f"{FEWEST_STEPS} steps at least; ask for more"
        )
    rng = generator_of(random_state)
    n_channels = 3 if task == "one of three channels" else 1
    values = _background(n_series, n_channels, n_steps, rng)
    truth = np.zeros((n_series, n_steps), dtype=bool)
    kinds = rng.permutation(np.arange(n_series) % (len(events) + 1)) - 1  # −1 is normal
    for case in np.flatnonzero(kinds >= 0):
        event, channel = events[kinds[case]], rng.integers(n_channels)
        truth[case] = _place(n_steps, rng, single=event is _spike)
        values[case, channel, truth[case]] = event(values[case, channel, truth[case]], rng)
    names = np.array([*(event.__name__.strip("_") for event in events), NORMAL])
    return SeriesSet.of(values.astype(np.float32), names[kinds], truth=truth, source=f"make_planted({task!r})")


def _background(
    n_series: int, n_channels: int, n_steps: int, rng: np.random.Generator
) -> Float[np.ndarray, "case channel time"]:
    shape = (n_series, n_channels, 1)
    time = np.linspace(0, 1, n_steps)
    values = NOISE * rng.standard_normal((n_series, n_channels, n_steps))
    values += HUM * np.sin(2 * np.pi * (np.arange(n_steps) / 5 + rng.random(shape)))
    for slowest, fastest in ((1, 3), (3, 6)):
        waves = np.sin(2 * np.pi * (rng.uniform(slowest, fastest, shape) * time + rng.random(shape)))
        values += rng.uniform(0.5, 1.5, shape) * waves
    return values


def _place(n_steps: int, rng: np.random.Generator, *, single: bool) -> Bool[np.ndarray, " time"]:
    """Choose the steps of an event: a part of the series, or a few single ones."""
    place = np.zeros(n_steps, dtype=bool)
    if single:
        place[rng.choice(n_steps, rng.integers(2, 7), replace=False)] = True
    else:
        length = round(rng.uniform(SHORTEST, LONGEST) * n_steps)
        start = rng.integers(n_steps - length + 1)
        place[start : start + length] = True
    return place
