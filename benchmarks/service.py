"""The service under load: 64 connections on the loopback, one series of 500 points in each request.

First as fast as it answers, then at half of that rate: how long an answer takes, whether memory grows, and whether any
request fails. Load comes from a process of its own, which takes its share of the same cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import Result, Row, Settings, show_table
from serving.process import Running, serving

from attime import AttentionClassifier, SineConfig, make_sine
from attime.errors import OptionError

MODELS = {
    "default": AttentionClassifier(random_state=0),
    "fast": AttentionClassifier(quality="fast", random_state=0),
    "bilstm": AttentionClassifier("bilstm", training={"max_epochs": 2}, random_state=0),
}
CASES = 500
CONNECTIONS = 64
SECONDS = 60.0
QUICK_SECONDS = 2.0
WARMING_SECONDS = 5.0  # memory grows until batches of every size have been seen
BETWEEN_LOOKS = 0.5  # seconds between two looks at the memory


def run(settings: Settings) -> Result:
    """Fit, serve and load each model."""
    names = settings.models or (("bilstm",) if settings.quick else ("default",))
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join(MODELS)}")
    rows = [row for name in names for row in measure(name, settings)]
    show_table(rows, title=f"{CONNECTIONS} connections, one series of 500 points in each request")
    highest, half = rows[0], rows[1]
    summary = {
        "requests_per_second": highest["requests_per_second"],
        "p50_ms": half["p50_ms"],
        "p99_ms": half["p99_ms"],
        "errors": sum(row["errors"] for row in rows),
        "memory_growth_mb": max(row["memory_growth_mb"] for row in rows),
        "highest_p50_ms": highest["p50_ms"],
        "highest_p99_ms": highest["p99_ms"],
    }
    return Result({name: float(value) for name, value in summary.items()}, rows)


def measure(name: str, settings: Settings) -> list[Row]:
    """Return what was measured at the highest rate, and at half of it."""
    seconds = QUICK_SECONDS if settings.quick else SECONDS
    series = make_sine(SineConfig(n_series=100 if settings.quick else CASES))
    with tempfile.TemporaryDirectory() as folder:
        model, body = Path(folder) / f"{name}.attime", Path(folder) / "body.json"
        MODELS[name].fit(series).save(model)
        values = [float(f"{value:.5g}") for value in series.values[0, 0].tolist()]
        body.write_text(json.dumps({"model": name, "series": [values]}))
        threads = max(1, settings.threads // 2)  # the loop that accepts requests needs a core, too
        with serving([model], "--threads", str(threads), log=Path(folder) / "log") as service:
            warm = ask(service, body, WARMING_SECONDS)
            ask(service, body, WARMING_SECONDS, warm["requests_per_second"] / 2)  # batches of other sizes
            highest = watched(service, body, seconds, None)
            half = watched(service, body, seconds, highest["requests_per_second"] / 2)
    return [
        {"model": name, "load": load, "seconds": seconds, **found}
        for load, found in (("highest", highest), ("half", half))
    ]


def watched(service: Running, body: Path, seconds: float, rate: float | None) -> Row:
    """Ask, and note how much more memory the service held at any time than before."""
    with looking_at(service) as looks:
        found = ask(service, body, seconds, rate)
    return found | {"memory_mb": looks[-1], "memory_growth_mb": max(looks) - looks[0]}


@contextmanager
def looking_at(service: Running) -> Iterator[list[float]]:
    """Look at the memory of a service now and then."""
    looks, over = [service.memory_mb], threading.Event()

    def look() -> None:
        while not over.wait(BETWEEN_LOOKS):
            looks.append(service.memory_mb)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield looks
    finally:
        over.set()
        looker.join()
        looks.append(service.memory_mb)


def ask(service: Running, body: Path, seconds: float, rate: float | None = None) -> Row:
    """Run the generator of load; at a rate that is given, every request that was due must be accounted for."""
    command = [sys.executable, "-m", "serving.load", service.host, str(service.port), str(body)]
    command += ["--connections", str(CONNECTIONS), "--seconds", str(seconds)]
    command += [] if rate is None else ["--rate", str(rate)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"}
    begin = time.perf_counter()
    limit = 4 * seconds + 60
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=limit)
    found = json.loads(told.stdout)
    if rate is not None and found["requests"] != round(rate * seconds):
        raise RuntimeError(f"{found['requests']} requests were counted, {round(rate * seconds)} were due")
    return found | {"wall_seconds": time.perf_counter() - begin}
