"""A solar plant, and the power that it gives while nothing is wrong: clear sky × clouds × noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from attime.data.detection.clouds import draw_clouds
from attime.data.detection.sun import clear_sky
from attime.errors import OptionError

STANDARD = 1000.0  # W/m², at which panels give their rated power
PERFORMANCE = 0.8  # what wires, heat and the inverter leave of it
SPREAD = 30.0  # degrees between the outermost inverters' panels and the direction of the equator
WAKES = 0.002  # of the rated power: an inverter gives nothing below


@dataclass(frozen=True)
class SolarPlant:
    """A plant: where it stands and what its inverters can do.

    Parameters
    ----------
    n_inverters
        How many. Their panels face different ways, evenly spread up to 30° to the east and to the west.
    latitude
        In degrees, −60 to 60; negative in the south.
    tilt
        Of the panels against the horizontal, in degrees, 0 to 90.
    rated
        The power of the panels of each inverter in kW, under 1000 W/m².
    nameplate
        The largest power that an inverter gives in kW, None for no limit. Flat tops at this height are normal.
    noise
        The standard deviation of each measurement, as a share of the power, 0 to 0.2.

    Raises
    ------
    OptionError
        If one of them is out of range.

    Examples
    --------
    >>> SolarPlant(n_inverters=2, nameplate=7.5).rated
    10.0
    """

    n_inverters: int = 3
    latitude: float = 48.0
    tilt: float = 30.0
    rated: float = 10.0
    nameplate: float | None = None
    noise: float = 0.01

    def __post_init__(self) -> None:
        tiny = np.finfo(np.float32).tiny
        limits = {
            "n_inverters": (1, 1000),
            "latitude": (-60, 60),
            "tilt": (0, 90),
            "rated": (tiny, 1e9),
            "nameplate": (tiny, 1e9),
            "noise": (0, 0.2),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not (value is None and name == "nameplate") and not low <= value <= high:
                raise OptionError(f"{name}={value!r} arrived, expected {low:g} to {high:g}; correct it")


def normal_power(
    day_of_year: Int[np.ndarray, " day"],
    skies: Int[np.ndarray, " day"],
    plant: SolarPlant,
    for_weather: np.random.Generator,
    for_noise: np.random.Generator,
) -> Float64[np.ndarray, "time channel"]:
    """Return what the inverters give while nothing is wrong, in kW."""
    n = plant.n_inverters
    azimuth = np.linspace(-SPREAD, SPREAD, n) if n > 1 else np.zeros(1)
    light = clear_sky(day_of_year, azimuth, latitude=plant.latitude, tilt=plant.tilt)
    light = light * draw_clouds(skies, n, rng=for_weather)
    power = plant.rated * PERFORMANCE * light / STANDARD
    power = power * (1 + plant.noise * for_noise.standard_normal(power.shape)).clip(min=0)
    power = np.where(power < WAKES * plant.rated, 0.0, power)
    power = power if plant.nameplate is None else power.clip(max=plant.nameplate)
    return power.transpose(0, 2, 1).reshape(-1, n)
