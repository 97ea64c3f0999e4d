"""The weather of a plant: each day is clear, broken or overcast, and within a day clouds drift by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attime.data.detection.sun import STEPS_A_DAY, declination

#: How likely it is that a day has the weather of the day before.
STAYS = 0.4

#: How much of what clouds do at one inverter they do at all of them (the correlation of the two).
SHARED = 0.9


@dataclass(frozen=True)
class Sky:
    """What one kind of day lets through, as a share of the clear sky.

    Attributes
    ----------
    level, deviation
        Mean and standard deviation over the day, before limits.
    lowest, highest
        Limits. The edges of clouds reflect light, so that for some minutes more than the clear sky may arrive.
    memory
        After how many steps the correlation with what was has fallen to 1/e.
    summer, winter
        How frequent such days are at midsummer and midwinter.
    """

    level: float
    deviation: float
    lowest: float
    highest: float
    memory: float
    summer: float
    winter: float


SKIES = {
    "clear": Sky(0.97, 0.02, 0.9, 1.0, memory=16, summer=0.45, winter=0.25),
    "broken": Sky(0.65, 0.3, 0.2, 1.1, memory=3, summer=0.40, winter=0.35),
    "overcast": Sky(0.25, 0.07, 0.12, 0.5, memory=10, summer=0.15, winter=0.40),
}


def draw_skies(
    day_of_year: Int[np.ndarray, " day"], *, latitude: float, rng: np.random.Generator
) -> Int[np.ndarray, " day"]:
    """Draw the kind of each day, as its number in `SKIES`: that of the day before, or one by the season.

    Examples
    --------
    >>> days = draw_skies(np.arange(1, 366), latitude=48.0, rng=np.random.default_rng(0))
    >>> names = np.array([*SKIES])[days]
    >>> names[:4].tolist()
    ['overcast', 'broken', 'broken', 'clear']
    """
    summer, winter = np.array([[sky.summer, sky.winter] for sky in SKIES.values()]).T
    season = declination(day_of_year) / np.deg2rad(2 * 23.45) * (-1 if latitude < 0 else 1) + 0.5  # 1 at midsummer
    shares = winter + season[:, np.newaxis] * (summer - winter)
    drawn = (rng.random((len(day_of_year), 1)) > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)
    stays = rng.random(len(day_of_year)) < STAYS
    stays[0] = False
    last_change = np.maximum.accumulate(np.where(stays, 0, np.arange(len(stays))))
    return drawn[last_change]


def draw_clouds(
    skies: Int[np.ndarray, " day"], n_channels: int, *, rng: np.random.Generator
) -> Float[np.ndarray, "day channel step"]:
    """Draw the share of the clear sky that arrives at each step: an autoregression of order 1 within each day.

    Examples
    --------
    >>> share = draw_clouds(np.array([0, 2]), 3, rng=np.random.default_rng(0))
    >>> share.shape, bool(share[0].min() > share[1].max())
    ((2, 3, 96), True)
    """
    level, deviation, lowest, highest, memory = (
        np.array([getattr(sky, name) for sky in SKIES.values()])[skies][:, np.newaxis]
        for name in ("level", "deviation", "lowest", "highest", "memory")
    )
    shocks = np.sqrt(SHARED) * rng.standard_normal((STEPS_A_DAY, len(skies), 1))
    shocks = shocks + np.sqrt(1 - SHARED) * rng.standard_normal((STEPS_A_DAY, len(skies), n_channels))
    kept = np.exp(-1 / memory)
    state = shocks.copy()  # variance 1 at all steps
    for step in range(1, STEPS_A_DAY):
        state[step] = kept * state[step - 1] + np.sqrt(1 - kept**2) * shocks[step]
    return (level + deviation * state).clip(lowest, highest).transpose(1, 2, 0)
