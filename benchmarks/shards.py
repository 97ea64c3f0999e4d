"""A million series of 100 points, scored from parquet files, locally and by Ray: seconds, memory, one core's limit.

Each measurement has a process of its own with one thread, so that its highest mark of memory is its own. What a series
costs stands beside what its multiplications and additions would take at the speed of one core's largest matrix product.
The largest number is scored once more by a Ray cluster on this machine, a worker for each core, and its result compared
with the local one byte by byte.
"""

from __future__ import annotations

import filecmp
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from common import Result, Row, Settings, show_table
from matplotlib.figure import Figure
from torch.utils.flop_counter import FlopCounterMode

from attime import AttentionClassifier, SeriesSet, shards
from attime.engines import cluster, predict_files
from attime.plot.style import CHANCE, tidy

N_STEPS = 100
CASES_IN_A_FILE = 50_000
SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (2_000, 20_000)
N_TRAINING = 2_000
MODELS = ("default", "fast")
MATRIX = 2048  # rows of the matrix whose product is timed


@dataclass(frozen=True)
class Scored:
    """What scoring so many series took.

    Attributes
    ----------
    seconds, cpu_seconds
        By the clock on the wall, and of the processor.
    reading_seconds
        Processor seconds of reading the files, without predicting.
    before_mb, peak_mb
        The highest mark of memory before the files were opened, and after the last.
    """

    seconds: float
    cpu_seconds: float
    reading_seconds: float
    before_mb: float
    peak_mb: float


def run(settings: Settings) -> Result:
    """Score files of growing number with each model."""
    limit = peak_flops()
    rows: list[Row] = []
    by_ray: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for model in MODELS:
            fit(model, folder / f"{model}.attime", seed=settings.first_seed, quick=settings.quick)
        for size in QUICK_SIZES if settings.quick else SIZES:
            wanted = [model for model in MODELS if (settings.only or "") in f"{model} {size:,}"]
            if not wanted:
                continue
            place = folder / str(size)
            write_files(place, size, seed=settings.first_seed)
            for model in wanted:
                out = folder / f"{model}.parquet"
                scored = in_own_process(folder / f"{model}.attime", place, out)
                rows.append(row_of(model, size, scored, flops_of(folder / f"{model}.attime"), limit))
                print(rows[-1], flush=True)
                if size == max(SIZES) or settings.quick:
                    by_ray.append(row_by_ray(model, size, folder, place, out))
                    print(by_ray[-1], flush=True)
            for path in place.iterdir():
                path.unlink()
    show_table(rows, title=f"scoring series of {N_STEPS} points from parquet, one thread")
    show_table(by_ray, title="the same by Ray")
    draw(rows).savefig(settings.pictures / "shards.png", dpi=150)
    summary = summary_of(rows, limit)
    summary |= {
        f"{row['model']}_ray_{name}": float(row[name]) for row in by_ray for name in ("cases_per_second", "equal")
    }  # type: ignore[arg-type]
    return Result(summary, rows + by_ray)


def series_of(n_cases: int, rng: np.random.Generator) -> SeriesSet:
    """Return noise in which the second class has a bump at a random place."""
    values = rng.standard_normal((n_cases, 1, N_STEPS), dtype=np.float32)
    labels = rng.integers(0, 2, n_cases)
    starts = rng.integers(0, N_STEPS - 10, n_cases)
    inside = (np.arange(N_STEPS) >= starts[:, None]) & (np.arange(N_STEPS) < starts[:, None] + 10)
    values[:, 0] += (inside & (labels[:, None] == 1)) * np.float32(2)
    return SeriesSet.of(values, labels)


def fit(model: str, path: Path, *, seed: int, quick: bool) -> None:
    """Fit a classifier and save it; it is as large after few epochs as after many."""
    series = series_of(N_TRAINING, np.random.default_rng([seed, 0]))
    training = {"max_epochs": 1} if quick else None
    AttentionClassifier(quality=model, training=training, random_state=seed).fit(series).save(path)


def write_files(folder: Path, n_cases: int, *, seed: int) -> None:
    """Write so many series, a file at a time."""
    folder.mkdir()
    for number, start in enumerate(range(0, n_cases, CASES_IN_A_FILE)):
        series = series_of(min(CASES_IN_A_FILE, n_cases - start), np.random.default_rng([seed, 1, number]))
        frame = pd.DataFrame(series.values[:, 0], columns=[str(step) for step in range(N_STEPS)])
        frame.to_parquet(folder / f"{number:05}.parquet", index=False)


def in_own_process(model: Path, folder: Path, out: Path) -> Scored:
    """Score in a process that has done nothing before."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(score, (str(model), str(folder), str(out)))


def score(model: str, folder: str, out: str) -> Scored:
    """Score all files of a folder with one thread."""
    import pyarrow

    torch.set_num_threads(1)
    pyarrow.set_cpu_count(1)
    classifier, files = AttentionClassifier.load(model), shards(folder)
    classifier.predict(series_of(256, np.random.default_rng(0)))  # what is loaded late is loaded
    before, start, cpu = peak_mb(), time.perf_counter(), time.process_time()
    predict_files(classifier, files, out, progress=False)
    seconds, cpu_seconds, peak = time.perf_counter() - start, time.process_time() - cpu, peak_mb()
    cpu = time.process_time()
    for _ in files:
        pass
    return Scored(seconds, cpu_seconds, time.process_time() - cpu, before, peak)


def row_by_ray(model: str, size: int, folder: Path, files: Path, local: Path) -> Row:
    """Score with a worker for each core; the seconds are those of the work, once the cluster has begun."""
    out, classifier = folder / "ray.parquet", AttentionClassifier.load(folder / f"{model}.attime")
    with cluster():
        start = time.perf_counter()
        predict_files(classifier, shards(files), out, engine="ray", progress=False)
        seconds = time.perf_counter() - start
    equal = filecmp.cmp(local, out, shallow=False)
    return {
        "model": model, "engine": "ray", "cases": size, "seconds": round(seconds, 3),
        "cases_per_second": round(size / seconds), "equal": equal,
    }  # fmt: skip


def peak_mb() -> float:
    """Return the highest mark of this process's resident memory; `getrusage` would tell that of its parent, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def flops_of(model: Path) -> float:
    """Count the multiplications and additions of convolutions and matrix products for one series."""
    classifier, n_cases = AttentionClassifier.load(model), 256
    module = classifier.module_.requires_grad_(False)  # or the counter looks for gradients
    inputs = classifier.cases(series_of(n_cases, np.random.default_rng(0))).inputs
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(*inputs)
    return counter.get_total_flops() / n_cases


def peak_flops() -> float:
    """Return how many multiplications and additions a core makes in a second of its own, at best of ten products."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    left, right = torch.rand(2, MATRIX, MATRIX)
    seconds = []
    for _ in range(10):
        start = time.process_time()
        left @ right
        seconds.append(time.process_time() - start)
    torch.set_num_threads(n_threads)
    return 2 * MATRIX**3 / min(seconds)


def row_of(model: str, size: int, scored: Scored, flops: float, limit: float) -> Row:
    """Return one record."""
    cost = 1e6 * scored.cpu_seconds / size
    return {
        "model": model,
        "cases": size,
        **{name: round(value, 3) for name, value in asdict(scored).items()},
        "cases_per_second": round(size / scored.seconds),
        "us_per_case": cost,
        "reading_us_per_case": 1e6 * scored.reading_seconds / size,
        "mflop_per_case": flops / 1e6,
        "limit_us_per_case": 1e6 * flops / limit,
        "times_the_limit": cost / (1e6 * flops / limit),
    }


def summary_of(rows: Sequence[Row], limit: float) -> dict[str, float | None]:
    """Return the figures of the largest size, and how memory grew from the smallest."""
    summary: dict[str, float | None] = {"gflops_of_one_core": limit / 1e9}
    for model in MODELS:
        own = [row for row in rows if row["model"] == model]
        if not own:
            continue
        for name in ("cases", "cases_per_second", "us_per_case", "times_the_limit", "peak_mb"):
            summary[f"{model}_{name}"] = float(own[-1][name])  # type: ignore[arg-type]
        summary[f"{model}_growth_mb"] = float(own[-1]["peak_mb"]) - float(own[0]["peak_mb"])  # type: ignore[arg-type]
    return summary


def draw(rows: Sequence[Row]) -> Figure:
    """Draw the highest mark of memory over the number of series, beside what the series alone would take."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for model in MODELS:
        own = [row for row in rows if row["model"] == model]
        if not own:
            continue
        axes.plot([row["cases"] for row in own], [row["peak_mb"] for row in own], marker="o", label=f"scored: {model}")
    sizes = sorted({float(row["cases"]) for row in rows})  # type: ignore[arg-type]
    alone = [8 * N_STEPS * size / 2**20 for size in sizes]
    axes.plot(sizes, alone, color=CHANCE, linestyle="--", label="values alone, all at once")
    axes.set(xscale="log", xlabel=f"series of {N_STEPS} points", ylabel="highest mark of memory [MiB]")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    tidy(axes)
    return figure
