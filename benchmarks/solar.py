"""Days of solar power: planted events found at one false alarm a month; then faults in training, reasons, a stream.

Networks learn from whole days without labels, all alike: the variational autoencoder, the plain one, and the default.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd
import torch
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from detection.days import EVENTS, MONTH, SolarDays, found_by_kind, one_a_month, solar_days
from detection.draw_days import draw_days, draw_recall
from detection.planted import KINDS, explained
from detection.streaming import MEMORY, streaming

from attime.errors import OptionError
from attime.estimators.detection import MODELS, AttentionDetector

SEEDS = 5
BY_DEFAULT = ("variational", "recurrent", "default")
DIRTY = (0.02, 0.05, 0.1)  # shares of the days of training with a fault
DIRTY_SEEDS = 1
TIMES_PLANTED = 4  # as many seeds
RATE = 1000 / MONTH  # false alarms in 1,000 days
DAYS, PLANTED, STREAM = "solar days", "planted in one of 4 channels", "stream"
#: What figures of a model begin with; those of the variational autoencoder with nothing.
NAMES = {"variational": "", "recurrent": "lstm_autoencoder_"}
RECALLS = tuple(f"recall_{kind}" for kind in EVENTS)


def run(settings: Settings) -> Result:
    """Go through all parts, those that `only` asks for."""
    models = settings.models or BY_DEFAULT
    unknown = [name for name in models if name not in MODELS]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join(MODELS)}")
    torch.set_num_threads(settings.threads)
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    asked = [*parts(settings, models)]
    if not asked:
        raise OptionError(f"--only {settings.only} leaves nothing; give a part of {DAYS!r}, {PLANTED!r} or {STREAM!r}")
    for heading, measure in asked:
        if file.find(heading) is None:
            for row in measure():
                print(file.add(heading | row), flush=True)
    days = pd.DataFrame([row for row in file.rows if row["set"] == DAYS])
    if len(days):
        means = days.groupby(["model", "share"], sort=False)[[*RECALLS, "event_recall", "fit_seconds"]].mean()
        show_table(means.reset_index().to_dict("records"), title="events found at one false alarm a month")
        draw_recall(days, settings.pictures / "solar_recall.png")
        shown = solar_days(settings.first_seed, quick=settings.quick)
        draw_days(shown, fitted(shown, models[0], settings, seed=settings.first_seed)[0], settings.pictures)
    return Result(summary_of(file.rows), file.rows)


def parts(settings: Settings, models: Sequence[str]) -> Iterator[tuple[Row, Callable[[], Sequence[Row]]]]:
    """Go through what is asked for: what tells a part from others, and what measures it."""
    only, quick = settings.only or "", settings.quick
    seeds = [settings.first_seed + number for number in range(settings.seeds or (1 if quick else SEEDS))]
    if only in PLANTED:
        for seed in seeds if quick else range(seeds[0], seeds[0] + TIMES_PLANTED * len(seeds)):
            for kind in KINDS:
                heading: Row = {"set": f"{PLANTED}: {kind}", "model": "default", "seed": seed}
                yield heading, partial(explained, kind, seed)
    if only in STREAM:
        yield {"set": MEMORY}, partial(streaming, quick=quick)
    if only in DAYS:
        for share in (0.0, *DIRTY):
            for seed in seeds[:DIRTY_SEEDS] if share else seeds:
                for model in models:
                    heading = {"set": DAYS, "share": share, "model": model, "seed": seed}
                    yield heading, partial(of_days, share, model, seed, settings)


def of_days(share: float, model: str, seed: int, settings: Settings) -> list[Row]:
    """Fit one model to days, and find events: at one false alarm a month, and at the threshold of its own."""
    days = solar_days(seed, dirty=share, quick=settings.quick)
    detector, seconds = fitted(days, model, settings, seed=seed)
    start = time.perf_counter()
    scores = -detector.score_samples(days.test)
    scored = time.perf_counter() - start
    own = found_by_kind(days, scores > detector.threshold_)
    row: Row = {"n_dirty": days.n_dirty, "fit_seconds": seconds, "score_seconds": scored}
    row |= found_by_kind(days, scores > one_a_month(scores[days.normal]))
    return [row | {f"own_{name}": value for name, value in own.items()}]


def fitted(days: SolarDays, model: str, settings: Settings, *, seed: int) -> tuple[AttentionDetector, float]:
    """Return a detector of days, and the seconds it took to fit."""
    training = {"max_epochs": 2} if settings.quick else None
    start = time.perf_counter()
    detector = AttentionDetector(model, unit="series", alarm_rate=RATE, training=training, random_state=seed)
    return detector.fit(days.train), time.perf_counter() - start


def summary_of(rows: Sequence[Row]) -> dict[str, float | None]:
    """Return means over seeds for each model, by the share of training with a fault; then reasons and the stream."""
    summary: dict[str, float | None] = {}
    days = pd.DataFrame([row for row in rows if row["set"] == DAYS])
    figures = ["event_recall", *RECALLS, "own_event_recall", "own_false_alarms_a_month", "false_alarms_a_month"]
    for (model, share), own in days.groupby(["model", "share"], sort=False) if len(days) else []:
        name = NAMES.get(model, f"{model}_")
        ending = f"_dirty_{100 * share:g}" if share else ""
        summary |= {f"{name}{figure}{ending}": float(own[figure].mean()) for figure in figures}
        if not share:
            summary[f"{name}event_recall_min"] = float(own["event_recall"].min())
            summary[f"{name}train_seconds"] = float(own["fit_seconds"].median())
            summary[f"{name}train_seconds_max"] = float(own["fit_seconds"].max())
    planted = pd.DataFrame([row for row in rows if str(row["set"]).startswith(PLANTED)])
    for figure in ("named", "named_explained", "average_precision", "average_precision_scores"):
        if figure in planted:
            known = planted.dropna(subset=[figure])
            summary[figure] = float(known[figure].astype(float).mean())
            for kind, own in known.groupby("kind", sort=False):
                summary[f"{figure}_{kind}"] = float(own[figure].astype(float).mean())
    for row in rows:
        if str(row["set"]).startswith(f"{STREAM}: chunks"):
            summary[f"points_per_second_{str(row['set']).split()[-1]}"] = float(row["points_per_second"])  # type: ignore[arg-type]
        if row["set"] == MEMORY:
            summary |= {key: row[key] for key in ("n_points", "peak_mb_early", "peak_mb", "growth_mb")}  # type: ignore[misc]
    return summary
