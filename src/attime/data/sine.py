"""The sine task: tell a sine wave from one that stands still for a while, with the truth known at every step."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from attime.data.config import Grid, SineConfig
from attime.data.series import SeriesSet

NORMAL, FLATTENED = "normal", "flattened"


def make_sine(config: SineConfig) -> SeriesSet:
    """Draw the series that `config` describes.

    A series is amplitude · sin(frequency · t) at equidistant t. A flattened one keeps, from the start of its flat
    part on, the value it had there, and jumps back to the sine at the end. A flat part has at least two steps, since
    one alone could not be seen, and ends with the series at the latest.

    Parameters
    ----------
    config
        Sizes, ranges and seed.

    Returns
    -------
    SeriesSet
        Shuffled, with the labels "normal" and "flattened"; `truth` marks the flat steps.

    Examples
    --------
    >>> series = make_sine(SineConfig(n_series=4, n_steps=100))
    >>> sorted(series.labels.tolist())
    ['flattened', 'flattened', 'normal', 'normal']
    >>> series.truth.any(axis=1).tolist() == (series.labels == "flattened").tolist()
    True
    """
    rng = np.random.default_rng(config.random_state)
    n_series, n_steps = config.n_series, config.n_steps
    flattened = rng.permutation(n_series) >= round(config.share_normal * n_series)
    amplitude = _draw(config.amplitude, n_series, rng)[:, np.newaxis]
    frequency = _draw(config.frequency, n_series, rng)[:, np.newaxis]
    start = np.rint(_draw(config.flat_start, n_series, rng) * n_steps).astype(int).clip(max=n_steps - 2)
    length = np.rint(_draw(config.flat_length, n_series, rng) * n_steps).astype(int).clip(min=2)

    values = amplitude * np.sin(frequency * np.linspace(*config.interval, n_steps))
    step = np.arange(n_steps)
    end = start + length
    flat = (step >= start[:, np.newaxis]) & (step < end[:, np.newaxis]) & flattened[:, np.newaxis]
    held = values[np.arange(n_series), start][:, np.newaxis]
    values = np.where(flat, held, values)
    if config.noise:
        values += config.noise * amplitude * rng.standard_normal(values.shape)
    return SeriesSet.of(
        values[:, np.newaxis].astype(np.float32), np.where(flattened, FLATTENED, NORMAL), truth=flat, source="make_sine"
    )


def _draw(grid: Grid, n: int, rng: np.random.Generator) -> Float[np.ndarray, " case"]:
    """Draw uniformly from the points of a grid."""
    last = int((grid.high - grid.low) / grid.step + 1e-9)  # 0.9 / 0.01 is meant to be 90
    return grid.low + grid.step * rng.integers(last, size=n, endpoint=True)
