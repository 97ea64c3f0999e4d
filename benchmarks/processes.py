"""Several processes beside one: seconds, and how far the models are from each other.

Each fit is started anew, by turns, with one thread to each process. One more fit, in one process with two threads, says
how far two models of the same seed are from each other for no other reason than the order in which numbers are added.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from common import Result, Row, Settings, median, show_table

REPEATS = 3
#: What is fitted: the network by name, and options of its training.
FITS = {
    "default": ("default", {}),
    "an epoch": ("convolutional", {"max_epochs": 1}),
    "three gentle epochs": ("convolutional", {"learning_rate": 1e-3, "max_epochs": 3}),
    "dictionaries": ("dictionary", {}),
}
TITLE = "several processes beside one, sine series"


@dataclass(frozen=True)
class Way:
    """A number of processes, and of threads for each."""

    processes: int
    threads: int

    @property
    def told(self) -> str:
        """The name of the way."""
        return f"{self.processes} x {self.threads} threads"


ALONE = Way(1, 1)
WAYS = (ALONE, Way(2, 1), Way(1, 2))


def run(settings: Settings) -> Result:
    """Fit by turns, and compare."""
    n_series, n_steps = (600, 100) if settings.quick else (2000, 500)
    rows: list[Row] = []
    for name in FITS:
        if settings.only and settings.only not in name:
            continue
        for _ in range(1 if settings.quick else settings.seeds or REPEATS):
            found = {way: fitted(way, name, n_series, n_steps) for way in WAYS}
            rows += [row_of(name, way, parts, found[ALONE][0]) for way, parts in found.items()]
    show_table(rows, title=TITLE)
    summary = {
        f"{name}, {way.told}: {figure}": median(
            [row for row in rows if (row["fit"], row["way"]) == (name, way.told)], figure
        )
        for name in FITS
        for way in WAYS
        for figure in ("seconds", "processor_seconds", "logits_apart", "weights_apart")
    }
    return Result(summary, rows)


def row_of(name: str, way: Way, parts: list[dict], alone: dict) -> Row:
    """Compare what the processes came to with each other, and with one process."""
    return {
        "fit": name,
        "way": way.told,
        "seconds": max(part["seconds"] for part in parts),
        "processor_seconds": max(part["processor_seconds"] for part in parts),
        "logits_apart": apart(parts[0]["logits"], alone["logits"]),
        "weights_apart": apart(parts[0]["weights"], alone["weights"]),
        "processes_differ": not all(torch.equal(part["weights"], parts[0]["weights"]) for part in parts),
    }


def apart(found: torch.Tensor, wanted: torch.Tensor) -> float | None:
    """Return ‖found − wanted‖ / ‖wanted‖; None where another kind of model was picked."""
    if found.shape != wanted.shape:
        return None
    return float((found - wanted).norm() / wanted.norm())


def fitted(way: Way, name: str, n_series: int, n_steps: int) -> list[dict]:
    """Start the processes of one fit, and return what each has come to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"WORLD_SIZE": way.processes, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    shared = os.environ | {key: str(value) for key, value in (told | {"OMP_NUM_THREADS": way.threads}).items()}
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, __file__, name, str(n_series), str(n_steps), folder]
        running = [subprocess.Popen(words, env=shared | {"RANK": str(rank)}) for rank in range(way.processes)]
        if any([one.wait() for one in running]):
            raise RuntimeError(f"a process of {way.told} failed")
        return [torch.load(Path(folder) / f"{rank}.pt") for rank in range(way.processes)]


def work(name: str, n_series: int, n_steps: int, folder: str) -> None:
    """Fit along with the other processes, and write down what it took and came to."""
    from attime import AttentionClassifier, SineConfig, make_sine
    from attime.training import processes

    network, training = FITS[name]
    series = make_sine(SineConfig(n_series=n_series, n_steps=n_steps))
    with processes():
        start, processor = time.perf_counter(), time.process_time()
        classifier = AttentionClassifier(network, training=training, random_state=0).fit(series)
        spent = {"seconds": time.perf_counter() - start, "processor_seconds": time.process_time() - processor}
    weights = torch.cat([part.float().flatten() for part in classifier.module_.state_dict().values()])
    found = {**spent, "weights": weights, "logits": torch.from_numpy(classifier.logits(series[:500]))}
    torch.save(found, Path(folder) / f"{os.environ['RANK']}.pt")


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
