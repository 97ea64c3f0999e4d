"""Series to plant leaks in, and tables made of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import signal


@pytest.fixture(scope="session")
def base() -> Callable[[str, int, int], np.ndarray]:
    """Return a function that makes a positive series of one kind."""

    def make(kind: str, n: int, seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        noise, time = rng.normal(size=n), np.arange(n)
        if kind == "random walk":
            return np.exp(4 + 0.01 * np.cumsum(noise))
        if kind == "autoregression":
            return 50 + signal.lfilter([1], [1, -0.7], noise)
        return 50 + 10 * np.sin(2 * np.pi * time / 24) + signal.lfilter([1], [1, -0.5], noise)

    return make


@pytest.fixture(scope="session")
def table() -> Callable[..., pd.DataFrame]:
    """Return a function that makes a long table of hourly values."""

    def make(y: np.ndarray, name: str = "a", **columns: np.ndarray) -> pd.DataFrame:
        hours = pd.date_range("2024-01-01", periods=len(y), freq="h")
        return pd.DataFrame({"unique_id": name, "ds": hours, "y": y, **columns})

    return make
