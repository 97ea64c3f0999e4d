"""A process for each contender, so that memory is its own and compilation is over before anything is timed.

All processes stay until the run ends and take turns: one works, the others wait. Memory is what the process held at
most during a trial; `memory_mb` in a record is that less what it had held before, which may include remains of earlier
trials that were not given back to the system.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import time
import warnings
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import numpy as np
from common import Row

from attime.data import SeriesSet
from attime.errors import AttimeError
from contest.contenders import CONTENDERS, Contender
from contest.trial import Trial, measure

# Read once, when numba and the libraries of linear algebra are loaded.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SPAWN = multiprocessing.get_context("spawn")  # a fork would copy locks that threads of the parent hold


@dataclass
class Worker:
    """One contender in a process of its own."""

    model: str
    threads: int
    process: SpawnProcess
    pipe: Connection
    warming_seconds: float

    @classmethod
    def start(cls, model: str, *, threads: int) -> Worker:
        """Start the process and wait until it is warm."""
        os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
        here, there = SPAWN.Pipe()
        process = SPAWN.Process(target=serve, args=(there, model, threads), daemon=True)
        process.start()
        there.close()
        try:
            return cls(model, threads, process, here, here.recv())
        except EOFError as error:
            raise AttimeError(f"the process of {model!r} ended as it warmed up; what it said stands above") from error

    def measure(self, trial: Trial) -> Row:
        """Return the record of a trial, also if the process dies of it."""
        try:
            self.pipe.send(trial)
            return self.pipe.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            code = self.process.exitcode
            fresh = Worker.start(self.model, threads=self.threads)
            self.process, self.pipe = fresh.process, fresh.pipe
            return {**trial.heading, "status": f"failed: the process died with exit code {code}"}

    def stop(self) -> None:
        """End the process."""
        with contextlib.suppress(ConnectionError):
            self.pipe.send(None)
        self.process.join()


def serve(pipe: Connection, model: str, threads: int) -> None:
    """Warm up, then answer each trial with its record until None arrives."""
    import torch

    torch.set_num_threads(threads)
    warnings.simplefilter("ignore")  # the record says what went wrong
    contender = CONTENDERS[model]
    with contextlib.redirect_stdout(io.StringIO()):
        start = time.perf_counter()
        warm_up(contender, threads)
        pipe.send(time.perf_counter() - start)
        while (trial := pipe.recv()) is not None:
            pipe.send(measure(trial, contender, threads))


def warm_up(contender: Contender, threads: int) -> None:
    """Run the contender on small sets of one and of two channels, so that everything is compiled and loaded."""
    rng = np.random.default_rng(0)
    for n_channels in (1, 2):
        series = SeriesSet.of(rng.normal(size=(20, n_channels, 50)), np.arange(20) % 2)
        with contextlib.suppress(Exception):  # then it will fail in every trial, and say so there
            contender.build(0, threads).fit(series).predict_proba(series)  # type: ignore[attr-defined]
