"""The fault table: what becomes of files, runs and the service when things go wrong, each kind so and so many times."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile

from attime import (
    AttentionClassifier,
    AttentionDetector,
    AttentionForecaster,
    AttentionRegressor,
    SineConfig,
    make_sine,
)
from attime.errors import OptionError
from faults.archives import hostile_archives
from faults.counts import NAMES, Counts
from faults.killed import disk_full, killed
from faults.model_files import forge, mutate
from faults.ray_workers import workers_killed
from faults.requests import malformed

SHARE = 50  # a quick run makes one trial in so many


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: how often to let it, and how; without a number it decides for itself."""

    trials: int | None
    happen: Callable[[int, int], Counts]


def run(settings: Settings) -> Result:
    """Let everything go wrong that is asked for, and count what it comes to."""
    chosen = {name: fault for name, fault in FAULTS.items() if (settings.only or "") in name}
    if not chosen:
        raise OptionError(f"--only {settings.only} leaves nothing; there are {', '.join(FAULTS)}")
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for name, fault in chosen.items():
        heading: Row = {"fault": name, "seed": settings.first_seed}
        if file.find(heading) is None:
            trials = fault.trials or 0
            print(f"{name} …", flush=True)
            file.add(heading | _row(fault, max(1, trials // SHARE) if settings.quick else trials, settings.first_seed))
    show_table(file.rows, title="what becomes of it", columns=("fault", "trials", *NAMES, "seconds"))
    return Result(_summary(file.rows), file.rows)


def _row(fault: Fault, trials: int, seed: int) -> Row:
    start = time.perf_counter()
    counts = fault.happen(trials, seed)
    outcomes: Row = {name: getattr(counts, name) for name in NAMES}
    return {
        "trials": sum(getattr(counts, name) for name in NAMES),
        **outcomes,
        "seconds": round(time.perf_counter() - start, 1),
        "examples": "; ".join(counts.examples),
    }


def _summary(rows: list[Row]) -> dict[str, float | None]:
    return {name: sum(int(str(row[name])) for row in rows) for name in ("trials", *NAMES)}


def _model_files(harm: Callable[[Path, int, int], Counts]) -> Callable[[int, int], Counts]:
    """Return a function that does harm to files of every kind of estimator, in equal shares."""

    def happen(trials: int, seed: int) -> Counts:
        found = Counts(0, 0, 0, 0)
        with tempfile.TemporaryDirectory() as name:
            models = _models(Path(name))
            for model in models:
                counts = harm(model, max(1, trials // len(models)), seed)
                sums = (getattr(found, name) + getattr(counts, name) for name in NAMES)
                found = Counts(*sums, examples=found.examples + counts.examples)
        return found

    return happen


def _models(folder: Path) -> list[Path]:
    """Fit a small estimator of every kind, and save them."""
    series = make_sine(SineConfig(n_series=60, n_steps=40))
    quick = {"max_epochs": 1}
    steps = series.values[:8, 0].ravel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that so little is hardly enough
        fitted = {
            "dictionary": AttentionClassifier("dictionary", random_state=0).fit(series),
            "network": AttentionClassifier("convolutional", training=quick, random_state=0).fit(series),
            "regressor": AttentionRegressor(training=quick, random_state=0).fit(
                series.values, series.values.max((1, 2))
            ),
            "forecaster": AttentionForecaster(6, random_state=0).fit(steps),
            "detector": AttentionDetector(window=20, random_state=0).fit(steps),
            "autoencoder": AttentionDetector("recurrent", window=20, training=quick, random_state=0).fit(steps),
        }
    for name, estimator in fitted.items():
        estimator.save(folder / f"{name}.attime")
    return [folder / f"{name}.attime" for name in fitted]


FAULTS: Mapping[str, Fault] = {
    "killed in training and saving": Fault(50, killed),
    "disk full": Fault(None, lambda trials, seed: disk_full()),
    "model files damaged": Fault(10_000, _model_files(mutate)),
    "model files forged": Fault(2_000, _model_files(forge)),
    "hostile archives": Fault(None, lambda trials, seed: hostile_archives()),
    "malformed requests": Fault(2_000, malformed),
    "Ray workers killed": Fault(5, workers_killed),
}
