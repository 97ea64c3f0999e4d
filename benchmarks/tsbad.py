"""Anomalies in long series: VUS-PR of our detectors, of other libraries, and as published, file by file.

Each detector learns from the training part that the file names, and scores the whole series; nothing is chosen by
labels. All have the same window, that which the training part tells.
"""

from __future__ import annotations

import time
import warnings

import pandas as pd
import torch
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from detection.alarms import alarm_ratios, alarms_of
from detection.files import labelled_series, published_beside, source_of, track_of
from detection.measures import measures_of
from detection.peers import EVERY, scores_of, warm_up
from detection.pictures import TRACKS, draw_alarms, draw_volumes
from detection.summary import summary_of, table_of

from attime.data.detection import LabelledSeries
from attime.errors import DataWarning, OptionError
from attime.estimators.detection import MODELS, AttentionDetector

BY_DEFAULT = ("default", "nearest", *EVERY)
QUICK = 2  # files of each track
FEW_EPOCHS = {"max_epochs": 2}
SHOWN = ("set", "model", "vus_pr", "auc_pr", "event_recall", "window", "seconds")


def run(settings: Settings) -> Result:
    """Let every detector score every file, then compare."""
    models = settings.models or BY_DEFAULT
    unknown = [name for name in models if name not in {*MODELS, *EVERY}]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join([*MODELS, *EVERY])}")
    torch.set_num_threads(settings.threads)
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    if any(name.startswith("matrix_profile") for name in models):
        warm_up()
    for series in asked_for(settings):
        headings: list[Row] = [{"set": series.name, "model": model, "seed": settings.first_seed} for model in models]
        missing = [heading for heading in headings if file.find(heading) is None]
        window = window_of(series) if missing else 0
        for heading in missing:
            about: Row = {"source": source_of(series.name), "track": track_of(series), "window": window}
            row = file.add(heading | about | measure(series, str(heading["model"]), window, settings))
            print({name: row.get(name) for name in SHOWN}, flush=True)
    if not file.rows:
        raise OptionError(f"--only {settings.only} leaves nothing; give a part of the name of a file")
    published = published_beside(settings.data)
    rows = pd.DataFrame(file.rows)
    for track in TRACKS:
        own = rows[rows["track"] == track]
        if len(own):
            found = table_of(own, published).rename(lambda name: name.split("_tr_")[0], axis=0)
            found = found.rename(columns=lambda name: name.replace("_", " ")).reset_index()
            show_table(found.to_dict("records"), title=f"VUS-PR, {len(found)} files, {TRACKS[track]}")
    draw_volumes(rows, published, settings.pictures / "tsbad.png")
    draw_alarms(alarm_ratios(rows), settings.pictures / "tsbad_alarms.png")
    return Result(summary_of(rows, published), file.rows)


def asked_for(settings: Settings) -> list[LabelledSeries]:
    """Return the series with anomalies whose name is asked for; a quick run takes the shortest of each track."""
    found = [series for series in labelled_series(settings.data) if (settings.only or "") in series.name]
    found = [series for series in found if series.labels.any()]
    if not settings.quick:
        return found
    tracks = [[series for series in found if track_of(series) == track] for track in TRACKS]
    return [series for track in tracks for series in sorted(track, key=len)[:QUICK]]


def window_of(series: LabelledSeries) -> int:
    """Return the window that our detectors choose by themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return AttentionDetector("nearest").fit(series.train).window_


def measure(series: LabelledSeries, model: str, window: int, settings: Settings) -> Row:
    """Learn from the training part, score the whole, and measure; a detector that fails has found nothing."""
    start = time.perf_counter()
    detector = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a channel is constant, has left its range, or repeats itself
            if model in MODELS:
                detector = fitted(series, model, window, settings)
                scores = -detector.score_samples(series.values)
            else:
                scores = scores_of(model, series.train, series.values, window)
            row: Row = {"seconds": time.perf_counter() - start} | measures_of(series, scores)
            return row | alarms_of(detector, series) if detector and model == "default" else row
    except Exception as error:
        return {"seconds": time.perf_counter() - start, "vus_pr": 0.0, "failed": f"{type(error).__name__}: {error}"}


def fitted(series: LabelledSeries, model: str, window: int, settings: Settings) -> AttentionDetector:
    """Return one of ours, fitted to the training part."""
    training = FEW_EPOCHS if settings.quick else None
    detector = AttentionDetector(model, window=window, training=training, random_state=settings.first_seed)
    return detector.fit(series.train)
