r"""Where the sun stands, and how much of it reaches a tilted panel under a clear sky.

With the latitude φ, the declination δ of the day n of the year (Cooper 1969) and the hour angle ω of the solar time t,

.. math::

    \delta = 23.45^\circ \sin\left(2\pi \frac{284 + n}{365}\right), \quad \omega = 15^\circ (t - 12), \quad
    \sin \alpha = \sin\varphi \sin\delta + \cos\varphi \cos\delta \cos\omega

where α is the elevation of the sun. Under a clear sky a horizontal plane receives (Haurwitz 1945), in W/m²,

.. math::

    G = 1098 \, \sin\alpha \, e^{-0.059 / \sin\alpha}

A fixed share of G, 15 %, is taken to be diffuse and to come from all sides; the rest comes straight from the sun, and a
panel receives of it what the cosine of the angle between the sun and the panel's normal lets through.

References: P. I. Cooper (1969), "The absorption of radiation in solar stills", Solar Energy 12; B. Haurwitz (1945),
"Insolation in relation to cloudiness and cloud density", Journal of Meteorology 2; the geometry as in Duffie & Beckman,
"Solar Engineering of Thermal Processes", chapter 1.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

STEPS_A_DAY = 96
DIFFUSE = 0.15  # share of what a horizontal plane receives under a clear sky


def declination(day_of_year: Int[np.ndarray, " day"]) -> Float[np.ndarray, " day"]:
    """Return the declination of the sun in radians; days are counted from 1.

    Examples
    --------
    >>> np.rad2deg(declination(np.array([81, 172, 355]))).round(1).tolist()
    [0.0, 23.4, -23.4]
    """
    return np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + day_of_year) / 365)


def clear_sky(
    day_of_year: Int[np.ndarray, " day"], azimuth: Float[np.ndarray, " channel"], *, latitude: float, tilt: float
) -> Float[np.ndarray, "day channel step"]:
    """Return what panels receive under a clear sky in the middle of each quarter of an hour, in W/m²; 0 at night.

    Parameters
    ----------
    day_of_year
        Counted from 1.
    azimuth
        Of the panels, in degrees from the direction of the equator: negative to the east, positive to the west.
    latitude
        In degrees, negative in the south.
    tilt
        Of the panels against the horizontal, in degrees.

    Examples
    --------
    >>> power = clear_sky(np.array([172]), np.array([0.0]), latitude=48.0, tilt=30.0)
    >>> power.shape, int(power[0, 0, :8].max()), int(power.max())
    ((1, 1, 96), 0, 1010)
    """
    # South of the equator all is mirrored: the sun passes in the north, and the seasons change places.
    phi = np.deg2rad(abs(latitude))
    delta = declination(day_of_year)[:, np.newaxis] * (-1 if latitude < 0 else 1)
    omega = np.deg2rad(15 * ((np.arange(STEPS_A_DAY) + 0.5) * 24 / STEPS_A_DAY - 12))
    # The direction of the sun: up, towards the equator, and west.
    up = np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(omega)
    equator = np.sin(phi) * np.cos(delta) * np.cos(omega) - np.cos(phi) * np.sin(delta)
    west = np.cos(delta) * np.sin(omega)

    beta, gamma = np.deg2rad(tilt), np.deg2rad(azimuth)[:, np.newaxis]
    facing = (
        np.cos(beta) * up[:, np.newaxis]
        + np.sin(beta) * np.cos(gamma) * equator[:, np.newaxis]
        + np.sin(beta) * np.sin(gamma) * west[:, np.newaxis]
    )
    sine = up.clip(min=1e-3)[:, np.newaxis]  # the exponential below is 0 long before
    through = np.where(up > 0, 1098.0, 0.0)[:, np.newaxis] * np.exp(-0.059 / sine)
    return through * ((1 - DIFFUSE) * facing.clip(min=0) + DIFFUSE * sine)
