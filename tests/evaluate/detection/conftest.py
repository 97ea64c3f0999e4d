from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest


def events(rng: np.random.Generator, n_steps: int) -> np.ndarray:
    """Draw events of one length at random places, some of which touch, and at least one step of either kind."""
    found = np.convolve(rng.random(n_steps) < rng.choice([0.005, 0.03]), np.ones(rng.integers(1, 25)), "same") > 0
    if found.all() or not found.any():
        found[:] = False
        found[rng.integers(n_steps)] = True
    return found.astype(int)


@pytest.fixture(scope="session")
def draw() -> Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return a function that draws labels, scores (every second time with ties) and predictions."""

    def of(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        n_steps = int(rng.integers(30, 600))
        labels, predictions = events(rng, n_steps), events(rng, n_steps)
        scores = rng.normal(size=n_steps) + labels
        return labels, scores.round(1) if seed % 2 else scores, predictions

    return of
