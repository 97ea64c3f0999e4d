"""Workers of a Ray cluster that are killed: whether the results of `attime predict --engine ray` are still the same.

Each fault is one prediction over some hundred small files, during which SIGKILL ends a random worker of a local
cluster at a random moment. What is written is compared, byte by byte, with what one process writes.
"""

from __future__ import annotations

import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from attime import AttentionClassifier, SineConfig, make_sine, shards, write
from attime.data import Shards
from attime.engines import cluster, predict_files
from faults.counts import CRASHED, LOST, SURVIVED, WRONG, Counts

N_FILES = 300
N_SERIES, N_STEPS = 20, 60  # of each
PATIENCE = 600  # seconds after which a prediction that does not end has crashed


def workers_killed(n: int = 5, seed: int = 0) -> Counts:
    """Predict `n` times, kill a worker each time, and compare."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, cluster():
        folder = Path(name)
        files = _files(folder / "series")
        learnt = make_sine(SineConfig(n_series=60, n_steps=N_STEPS))
        model = AttentionClassifier(quality="fast", random_state=0).fit(learnt)
        predict_files(model, files, folder / "expected")
        return Counts.of([_one(model, files, folder, rng) for _ in range(n)])


def _files(folder: Path) -> Shards:
    folder.mkdir()
    series = make_sine(SineConfig(n_series=N_FILES * N_SERIES, n_steps=N_STEPS))
    for number in range(N_FILES):
        write(series[number * N_SERIES : (number + 1) * N_SERIES], folder / f"{number:03}.npz")
    return shards(folder, need_target=False)


def _one(model: AttentionClassifier, files: Shards, folder: Path, rng: random.Random) -> tuple[str, str]:
    """Return when the worker was killed, and what it came to."""
    out = folder / "results"
    shutil.rmtree(out, ignore_errors=True)
    killer = _Killer(out, rng.randrange(1, N_FILES - N_FILES // 10), rng)
    killer.thread.start()
    try:
        with _ends_within(PATIENCE):
            outcome = predict_files(model, files, out, engine="ray")
    except Exception as error:  # also those of Ray, and that it took too long
        return f"{killer.told}, {type(error).__name__}: {error}", CRASHED
    finally:
        killer.over.set()
        killer.thread.join()
    if not killer.killed or outcome.n_files < N_FILES:
        return killer.told, CRASHED if not killer.killed else LOST
    return killer.told, _compared(folder / "expected", out)


def _compared(expected: Path, found: Path) -> str:
    names, others = ({path.name for path in folder.glob("*.csv")} for folder in (expected, found))
    if not len(names) == N_FILES == len(names & others):
        return LOST
    alike = all((found / name).read_bytes() == (expected / name).read_bytes() for name in names)
    return SURVIVED if alike and names == others else WRONG


@contextmanager
def _ends_within(seconds: int) -> Iterator[None]:
    """Raise a TimeoutError in what takes longer."""

    def end(*_: object) -> None:
        raise TimeoutError(f"no end after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@dataclass
class _Killer:
    """Ends a worker as soon as so many results are there."""

    out: Path
    n_results: int
    rng: random.Random
    killed: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._wait_and_kill)

    @property
    def told(self) -> str:
        return f"a worker killed after {self.n_results} of {N_FILES} files"

    def _wait_and_kill(self) -> None:
        while not self.over.is_set() and not self.killed:
            if len([*self.out.glob("*.csv")]) >= self.n_results:
                self._kill()
            time.sleep(0.002)

    def _kill(self) -> None:
        workers = [child for child in psutil.Process().children(recursive=True) if _is_worker(child)]
        if workers:
            self.rng.choice(workers).kill()
            self.killed = True


def _is_worker(process: psutil.Process) -> bool:
    """Whether a process is doing a task of prediction, as Ray names it in the list of processes."""
    try:
        return process.cmdline()[:1] == ["ray::_keep"]
    except psutil.Error:
        return False
