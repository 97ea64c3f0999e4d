"""Calibrated alarms: how often normal steps that were held out raise one, beside how often that was asked for.

The detector learns from the training part that a file names. Held out are the normal steps after it, further than a
window from any anomaly; counts are pooled over the files of a source, of one channel and of several.
"""

from __future__ import annotations

import time
import warnings

import pandas as pd
import torch
from common import Result, Row, Settings, show_table
from contest.rowfile import RowFile
from detection.alarms import KINDS, alarm_ratios, alarms_of, worst_factor
from detection.files import labelled_series, source_of, track_of
from detection.pictures import TRACKS, draw_alarms

from attime.data.detection import LabelledSeries
from attime.errors import OptionError
from attime.estimators.detection import MODELS, AttentionDetector

BY_DEFAULT = ("default",)
RATE = 10  # alarms asked for per 1,000 steps, of the figure that counts
QUICK = 2  # files of each track
FEW_EPOCHS = {"max_epochs": 2}
SHOWN = ("set", "model", "n_normal", f"alarms_{RATE}_adaptive", f"alarms_{RATE}_fixed", "seconds", "failed")


def run(settings: Settings) -> Result:
    """Count the alarms in every file, then compare with what was asked for."""
    models = settings.models or BY_DEFAULT
    unknown = [name for name in models if name not in MODELS]
    if unknown:
        raise OptionError(f"--models {unknown[0]} arrived, expected some of {', '.join(MODELS)}")
    torch.set_num_threads(settings.threads)
    file = RowFile(settings.out.with_suffix(".jsonl"), resume=settings.resume)
    for series in asked_for(settings):
        for model in models:
            heading: Row = {"set": series.name, "model": model, "seed": settings.first_seed}
            if file.find(heading) is None:
                row = file.add(heading | measure(series, model, settings))
                print({name: row[name] for name in SHOWN if name in row}, flush=True)
    if not file.rows:
        raise OptionError(f"--only {settings.only} leaves nothing; give a part of the name of a file")
    ratios = alarm_ratios(pd.DataFrame(file.rows), by=("model", "source"))
    shown = ratios.pivot(index=["model", "source", "n_normal"], columns=["kind", "rate"], values="ratio")
    shown.columns = [f"{kind} {rate}" for kind, rate in shown.columns]
    show_table(shown.reset_index().to_dict("records"), title="alarms at normal steps over those asked for")
    draw_alarms(ratios, settings.pictures / "alarms.png")
    return Result(summary_of(pd.DataFrame(file.rows)), file.rows)


def asked_for(settings: Settings) -> list[LabelledSeries]:
    """Return the series whose name is asked for; a quick run takes the shortest of each track."""
    found = [series for series in labelled_series(settings.data) if (settings.only or "") in series.name]
    if not settings.quick:
        return found
    tracks = [[series for series in found if track_of(series) == track] for track in TRACKS]
    return [series for track in tracks for series in sorted(track, key=len)[:QUICK]]


def measure(series: LabelledSeries, model: str, settings: Settings) -> Row:
    """Learn from the training part, and count alarms after it."""
    row: Row = {"source": source_of(series.name), "track": track_of(series)}
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a channel is constant, has left its range, or repeats itself
            training = FEW_EPOCHS if settings.quick else None
            detector = AttentionDetector(model, training=training, random_state=settings.first_seed).fit(series.train)
            row |= {"window": detector.window_} | alarms_of(detector, series)
    except Exception as error:
        row["failed"] = f"{type(error).__name__}: {error}"
    return row | {"seconds": time.perf_counter() - start}


def summary_of(rows: pd.DataFrame) -> dict[str, float | None]:
    """Return the ratios of each source, and the largest factor between what was asked for and what came, either way."""
    summary: dict[str, float | None] = {
        "n_files": float(rows["set"].nunique()),
        "n_failed": float(rows["failed"].notna().sum()) if "failed" in rows else 0.0,
    }
    pooled, single = (alarm_ratios(rows, by=("model", name)) for name in ("source", "set"))
    for model in pooled["model"].unique():
        name = "" if model == "default" else f"{model}_"
        of_sources, of_files = (ratios[ratios["model"] == model] for ratios in (pooled, single))
        for kind in KINDS:
            ending = "" if kind == "adaptive" else f"_{kind}"
            own = of_sources[of_sources["kind"] == kind]
            asked = own[own["rate"] == RATE]
            summary[f"{name}worst_ratio_asked_to_observed{ending}"] = worst_factor(asked)
            summary[f"{name}worst_ratio_any_rate{ending}"] = worst_factor(own)
            summary |= {f"{name}ratio_{one.rate}_{one.source}{ending}": float(one.ratio) for one in own.itertuples()}
            files = of_files[(of_files["kind"] == kind) & (of_files["rate"] == RATE)]
            near = [worst_factor(files[files["set"] == file]) <= 2 for file in files["set"]]
            summary[f"{name}files_within_twice_share{ending}"] = sum(near) / len(near)
        for source, own in of_sources.drop_duplicates("source").groupby("source", sort=False):
            summary[f"{name}n_normal_{source}"] = float(own["n_normal"].iloc[0])
        summary[f"{name}seconds_total"] = float(rows.loc[rows["model"] == model, "seconds"].sum())
    return summary
