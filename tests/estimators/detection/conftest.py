"""A series of two channels that repeats itself, a fault in it, and detectors of every model that know it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from jaxtyping import Float64

from attime import AttentionDetector
from attime.estimators.detection import MODELS
from attime.nn.networks.detection import MaskedTransformer, PlainRecurrent, VariationalRecurrent

WINDOW = 16
#: Each model as small as it can be; what it finds then is no matter.
SMALL = {name: name for name in MODELS} | {
    "variational": VariationalRecurrent(hidden=4, d_code=2, d_context=2),
    "recurrent": PlainRecurrent(hidden=4, d_code=2),
    "masked": MaskedTransformer(d_model=8, n_heads=2, n_layers=1),
}

Make = Callable[..., Float64[np.ndarray, "time channel"]]


@pytest.fixture(scope="package")
def make_waves() -> Make:
    """Return a function that makes a sine and a cosine with noise; the same seed gives the same."""

    def make(n_steps: int, *, n_channels: int = 2, seed: int = 0, noise: float = 0.1) -> np.ndarray:
        rng = np.random.default_rng(seed)
        phase = np.arange(n_steps)[:, np.newaxis] * 2 * np.pi / 25 + np.arange(n_channels) * np.pi / 2
        return np.sin(phase) + noise * rng.normal(size=(n_steps, n_channels))

    return make


@pytest.fixture(scope="package", params=SMALL)
def model(request: pytest.FixtureRequest) -> str:
    """Give the name of every model in turn."""
    return request.param


@pytest.fixture(scope="package")
def make_detector() -> Callable[..., AttentionDetector]:
    """Return a function that makes a small detector by the name of its model."""

    def make(model: str, *, window: int | None = WINDOW, **others) -> AttentionDetector:
        return AttentionDetector(SMALL[model], window=window, training={"max_epochs": 2}, random_state=0, **others)

    return make


@pytest.fixture(scope="package")
def normal(make_waves: Make) -> Float64[np.ndarray, "time channel"]:
    """Give what detectors learn from."""
    return make_waves(240)


@pytest.fixture(scope="package")
def later(make_waves: Make) -> Float64[np.ndarray, "time channel"]:
    """Give what comes afterwards, with a fault in the first channel from step 80 to 95."""
    series = make_waves(160, seed=1)
    series[80:96, 0] = 0
    return series


@pytest.fixture(scope="package")
def fitted(model: str, make_detector: Callable[..., AttentionDetector], normal: np.ndarray) -> AttentionDetector:
    """Give a fitted detector of every model in turn."""
    return make_detector(model).fit(normal)


@pytest.fixture(scope="package")
def detector(normal: np.ndarray) -> AttentionDetector:
    """Give a fitted detector of the default model."""
    return AttentionDetector(window=WINDOW).fit(normal)
