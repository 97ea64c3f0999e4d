"""Broken, hostile and nonsensical requests, sent to a real service over sockets: it refuses them and lives on."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
from serving.process import Running, serving

from attime import (
    AttentionClassifier,
    AttentionDetector,
    AttentionForecaster,
    AttentionRegressor,
    SineConfig,
    make_sine,
)
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts
from faults.nonsense import KINDS, STEPS, TARGETS, Random, post

SECONDS = 20.0  # until an answer that does not come counts as a crash
LOOK_EVERY = 100  # requests, after which a sound one must get the same answer as before
MAY_BE_SOUND = {"bytes changed"}
UNFINISHED = {"not all of it", "false lengths", "broken chunks", "no HTTP"}
MAY_BE_CUT = UNFINISHED | {"too large", "long headers", "odd headers"}  # no answer is owed, or it comes too early
WAITING = 0.05  # share of these that do not hang up, so that the service has to


def malformed(n: int = 2000, seed: int = 0) -> Counts:
    """Send so many malformed requests, aimed at models of all kinds, and count what they came to.

    Survived has what is refused with a status below 500, or by closing the connection over what is no HTTP. Wrong is
    what is answered as if it were sound; lost, that a sound request in between gets another answer than at first;
    crashed, a status of 500 or more, no answer in time, or the end of the process.
    """
    rng = np.random.default_rng(seed)
    found = list[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        models = _models(Path(folder))
        try:
            with serving(models, "--threads", "1", "--max-body-mb", "1", "--max-seconds", "3") as service:
                found.extend(_outcomes(service, n, rng))
        except (RuntimeError, subprocess.TimeoutExpired) as error:  # it did not stop as it should
            if not found:
                raise
            found.append((str(error), CRASHED))
    return Counts.of(found)


def _models(folder: Path) -> list[Path]:
    """Fit and save a small model of each kind."""
    series = make_sine(SineConfig(n_series=40, n_steps=STEPS))
    quick = {"max_epochs": 1}
    time = np.arange(300)
    rng = np.random.default_rng(0)
    watched = np.stack([np.sin(time / 3), np.cos(time / 3)], axis=1) + 0.05 * rng.normal(size=(300, 2))
    priced = pd.DataFrame({"ds": time, "y": watched[:, 0], "price": watched[:, 1]})
    regressor = AttentionRegressor("convolutional", training=quick, random_state=0)
    fitted = {
        "classifier": AttentionClassifier("convolutional", training=quick, random_state=0).fit(series),
        "regressor": regressor.fit(series.values, series.values.max(axis=(1, 2))),
        "forecaster": AttentionForecaster(3, "linear").fit(watched[:, 0]),
        "covariates": AttentionForecaster(3, "linear").fit(priced),
        "detector": AttentionDetector(random_state=0).fit(watched),
    }
    for name, model in fitted.items():
        model.save(folder / f"{name}.attime")
    return [folder / f"{name}.attime" for name in fitted]


def _outcomes(service: Running, n: int, rng: Random) -> Iterator[tuple[str, str]]:
    sound = [post(json.dumps(target.sound).encode(), target.path) for target in TARGETS]
    first = [_send(service, one) for one in sound]
    for told in first:
        if told is None or told[0] != 200:
            raise RuntimeError(f"a sound request was answered by {told}")
    for number in range(n):
        name = str(rng.choice(list(KINDS)))
        target = TARGETS[rng.integers(len(TARGETS))]
        hang_up = name in UNFINISHED and rng.random() > WAITING
        answer = _send(service, KINDS[name](rng, target), hang_up=hang_up)
        status = None if answer is None else answer[0]
        outcome = SURVIVED
        if status is None or status >= 500 or not service.is_alive or (status == 0 and name not in MAY_BE_CUT):
            outcome = CRASHED
        elif status and not (400 <= status < 500 or (status == 200 and name in MAY_BE_SOUND)):
            outcome = WRONG
        elif (number + 1) % min(LOOK_EVERY, n) == 0 and [_send(service, one) for one in sound] != first:
            outcome = LOST
        yield f"request {number}, {name}, to the {target.name}: status {status}", outcome


def _send(service: Running, request: bytes, *, hang_up: bool = False) -> tuple[int, bytes] | None:
    """Return status and body of an answer, status 0 if the connection is closed without one; None if none came."""
    got = b""
    try:
        with socket.create_connection((service.host, service.port), timeout=SECONDS) as connection:
            with suppress(ConnectionError):  # it is refused before all of it was sent
                connection.sendall(request)
                if hang_up:
                    connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                got += part
    except TimeoutError:
        return None
    except ConnectionError:
        pass
    head, _, body = got.partition(b"\r\n\r\n")
    return (int(head[9:12]), body) if head.startswith(b"HTTP/1.") else (0, b"")
