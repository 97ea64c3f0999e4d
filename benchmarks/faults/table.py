"""The fault table: what becomes of files, runs and the service when things go wrong, each kind so and so many times."""

from __future__ import annotations

import datetime
import json
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
    """Something that goes wrong: what, how often to let it, and how; without a number it decides for itself."""

    what: str
    trials: int | None
    happen: Callable[[int, int], Counts]


def run(settings: Settings) -> Result:
    """Let everything go wrong that is asked for, and count what it comes to.

    Rows of other kinds, of an earlier run with the same OUT, stay as they are, so that a long run can be made in parts.
    """
    chosen = _chosen(settings.only)
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=True)
    if not settings.resume:
        file.drop(lambda row: row["fault"] in chosen)
    there = {row["fault"] for row in file.rows}
    for row in _earlier(settings.out):
        if row["fault"] not in there | chosen.keys():
            file.add(row)
    for name, fault in chosen.items():
        heading: Row = {"fault": name, "quick": settings.quick, "seed": settings.first_seed}
        if file.find(heading) is None:
            trials = fault.trials or 0
            print(f"{name}: {fault.what} …", flush=True)
            trials = max(1, trials // SHARE) if settings.quick else trials
            row = heading | _row(fault, trials, settings.first_seed)
            file.drop(lambda old, name=name: old["fault"] == name)  # type: ignore[misc]
            file.add(row)
    rows = sorted(file.rows, key=lambda row: [*FAULTS].index(str(row["fault"])))
    show_table(rows, title="what becomes of it", columns=("fault", "trials", *NAMES, "seconds", "note"))
    return Result(_summary(rows), rows)


def _chosen(only: str | None) -> dict[str, Fault]:
    """Return the kinds whose name begins with one of the words, which commas divide; all if there are none."""
    words = [word.strip().lower() for word in (only or "").split(",")]
    for word in words:
        if not any(name.startswith(word) for name in FAULTS):
            raise OptionError(f"--only {word} leaves nothing; there are {', '.join(FAULTS)}")
    return {name: fault for name, fault in FAULTS.items() if name.startswith(tuple(words))}


def _earlier(out: Path) -> list[Row]:
    """Return the rows of a file that an earlier run has written."""
    try:
        told = json.loads(out.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    is_ours = isinstance(told, dict) and told.get("benchmark") == "faults"
    return [row for row in told["rows"] if row["fault"] in FAULTS] if is_ours else []


def _row(fault: Fault, trials: int, seed: int) -> Row:
    start = time.perf_counter()
    counts = fault.happen(trials, seed)
    outcomes: Row = {name: getattr(counts, name) for name in NAMES}
    return {
        "what": fault.what,
        "date": datetime.date.today().isoformat(),
        "trials": sum(getattr(counts, name) for name in NAMES),
        **outcomes,
        "seconds": round(time.perf_counter() - start, 1),
        "note": counts.note,
        "examples": "; ".join(counts.examples),
    }


def _summary(rows: list[Row]) -> dict[str, float | None]:
    sums: dict[str, float | None] = {name: sum(int(str(row[name])) for row in rows) for name in ("trials", *NAMES)}
    return {"kinds": len(rows), "kinds_not_tried": len(FAULTS) - len(rows), **sums}


def _model_files(harm: Callable[[Path, int, int], Counts]) -> Callable[[int, int], Counts]:
    """Return a function that does harm to files of every kind of estimator, in equal shares."""

    def happen(trials: int, seed: int) -> Counts:
        found = Counts(0, 0, 0, 0)
        with tempfile.TemporaryDirectory() as name:
            models = _models(Path(name))
            for model in models:
                counts = harm(model, -(-trials // len(models)), seed)
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
    "killed": Fault("SIGKILL in training and saving", 50, killed),
    "disk": Fault("the disk is full", None, lambda trials, seed: disk_full()),
    "mutate": Fault("model files are damaged", 10_000, _model_files(mutate)),
    "forge": Fault("model files are forged, with a checksum that fits", 2_000, _model_files(forge)),
    "archives": Fault("files of series that were made to do harm", None, lambda trials, seed: hostile_archives()),
    "malformed": Fault("requests that are malformed", 2_000, malformed),
    "ray": Fault("SIGKILL for workers of a Ray cluster", 5, workers_killed),
}
