"""A service of one small model of each kind, with limits that tests can reach."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from attime import AttentionClassifier, AttentionDetector, AttentionForecaster, AttentionRegressor
from attime.data.planted import make_planted

pytest.importorskip("fastapi", reason="the extra serve is not installed")

import httpx

from attime.service import Limits, make_app

STEPS = 50
QUICK = {"max_epochs": 3}
LIMITS = Limits(body_mb=0.1, series=8, steps=300)


class Client:
    """Someone who asks a service, without any network."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the answer to one request."""
        (answer,) = self.all_at_once([(method, path, options)])
        return answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Return the answer to one GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Return the answer to one POST."""
        return self.request("POST", path, **options)

    def all_at_once(self, requests: Sequence[tuple[str, str, dict[str, Any]]]) -> list[httpx.Response]:
        """Return the answers to requests that arrive at the same time."""

        async def ask() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await asyncio.gather(*(client.request(how, path, **more) for how, path, more in requests))

        with ThreadPoolExecutor(1) as thread:  # a browser in this thread has a loop of its own
            return thread.submit(lambda: asyncio.run(ask())).result()


@pytest.fixture(scope="session")
def ask_app() -> type[Client]:
    """What asks an application that a test has made."""
    return Client


@pytest.fixture(scope="session")
def series() -> np.ndarray:
    """Series of two classes, shape (case, channel, time)."""
    return make_planted("bump or saw", n_series=90, n_steps=STEPS).values


@pytest.fixture(scope="session")
def models() -> dict[str, Any]:
    """One small model of each kind; "priced" forecasts with a covariate."""
    planted = make_planted("bump or saw", n_series=90, n_steps=STEPS)
    time = np.arange(300)
    noise = 0.05 * np.random.default_rng(0).normal(size=(2, 300))
    watched = np.stack([np.sin(time / 4), np.cos(time / 4)]) + noise
    priced = pd.DataFrame({"ds": time, "y": watched[0], "price": watched[1]})
    classifier = AttentionClassifier("convolutional", training={"max_epochs": 12}, random_state=0)
    regressor = AttentionRegressor("convolutional", training=QUICK, random_state=0)
    return {
        "shapes": classifier.fit(planted),
        "height": regressor.fit(planted.values, planted.values.max(axis=(1, 2))),
        "wave": AttentionForecaster(6, "linear").fit(watched[0]),
        "priced": AttentionForecaster(3, "linear").fit(priced),
        "pump": AttentionDetector(random_state=0).fit(watched.T),
    }


@pytest.fixture(scope="session")
def client(models) -> Client:
    """Someone who asks the service."""
    return Client(make_app(models, LIMITS))


@pytest.fixture(scope="session")
def model_files(models, tmp_path_factory) -> dict[str, str]:
    """The models as files, by their names."""
    folder = tmp_path_factory.mktemp("models")
    paths = {name: str(folder / f"{name}.attime") for name in models}
    for name, path in paths.items():
        models[name].save(path)
    return paths


@pytest.fixture(scope="session")
def asked(client) -> Callable[..., Any]:
    """Return a function that asks and gives the answer to a request that is in order."""

    def ask(path: str, **question: Any) -> Any:
        answer = client.post(path, content=json.dumps(question))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask
