"""The run itself: data set by data set, seed by seed, all contenders take turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from common import Row, Settings

from contest.contenders import CONTENDERS
from contest.rowfile import RowFile
from contest.trial import Source, Trial
from contest.worker import Worker

SHOWN = ("set", "share", "model", "seed", "filled", "status", "accuracy", "nll", "fit_seconds")


@dataclass(frozen=True)
class Heat:
    """Data on which all contenders meet; `hard` where only ours are given them as they are."""

    source: Source
    seed: int
    told: Row = field(default_factory=dict)
    hard: bool = False


@dataclass(frozen=True)
class Outcome:
    """All records, and how long each contender took to warm up."""

    rows: list[Row]
    warming_seconds: dict[str, float]


def compete(heats: Iterable[Heat], models: Sequence[str], settings: Settings) -> Outcome:
    """Measure every model on every heat; a peer that refuses the data as they are gets them once more, filled."""
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for model in models:
            workers[model] = Worker.start(model, threads=settings.threads)
            stack.callback(workers[model].stop)
        for heat in heats:
            for model in models:
                _run(heat, workers[model], file, settings)
        return Outcome(file.rows, {model: worker.warming_seconds for model, worker in workers.items()})


def _run(heat: Heat, worker: Worker, file: RowFile, settings: Settings) -> None:
    contender = CONTENDERS[worker.model]
    if not contender.random and heat.seed != settings.first_seed:
        return
    peer = bool(contender.needs)
    trial = Trial(heat.source, worker.model, heat.seed, heat.told, filled=peer and heat.hard)
    row = _measured(trial, worker, file)
    if peer and str(row["status"]).startswith("failed") and row.get("whole") is False and not trial.filled:
        _measured(replace(trial, filled=True), worker, file)


def _measured(trial: Trial, worker: Worker, file: RowFile) -> Row:
    known = file.find(trial.heading)
    if known is not None:
        return known
    row = file.add(worker.measure(trial))
    print({name: row[name] for name in SHOWN if name in row}, flush=True)
    return row
