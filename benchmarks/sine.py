"""The headline experiment: ours over seeds and noise, the article's network, and what length costs."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import Result, Row, Settings, exponent, median, seconds_by_turns, show_table
from matplotlib.figure import Figure

from attime import AttentionClassifier, SineConfig, make_sine
from attime.errors import OptionError
from attime.experiments import PUBLISHED, SineRun, run_sine

SEEDS, REFERENCE_SEEDS = 5, 1  # the reference takes minutes
NOISE = 0.1
LENGTHS = (500, 1000, 2000, 4000)
COLUMNS = (
    "model", "noise", "seed", "f1", "accuracy", "roc_auc", "average_precision", "pointing", "mass", "iou",
    "train_seconds", "predict_seconds", "epochs",
)  # fmt: skip


def run(settings: Settings) -> Result:
    """Train both networks by turns and measure them on cases they have not seen."""
    n_seeds = settings.seeds or (2 if settings.quick else SEEDS)
    n_reference = min(n_seeds, 1 if settings.quick else REFERENCE_SEEDS) if wanted(settings, "reference") else 0
    if not wanted(settings, "default"):
        raise OptionError(f"--only {settings.only} leaves out the model 'default', which all others stand beside")
    rows: list[Row] = []
    fitted: dict[str, AttentionClassifier] = {}
    for seed in range(settings.first_seed, settings.first_seed + n_seeds):
        for noise in (0.0, NOISE):
            rows.append(measure(settings, "default", seed, noise, fitted))
        if seed - settings.first_seed < n_reference:
            rows.append(measure(settings, "reference", seed, 0.0, fitted))
    rows += predict_rows(fitted)
    rows += length_rows(settings)
    rows += demo_rows(settings)

    published: Row = {"model": "published", **{name: PUBLISHED[name] for name in ("f1", "accuracy", "roc_auc")}}
    show_table([row for row in rows if row["kind"] == "train"] + [published], title="sine", columns=COLUMNS)
    show_table([row for row in rows if row["kind"] == "length"], title="what length costs")
    draw_lengths(rows, settings.pictures)
    return Result(summary_of(rows), rows)


def wanted(settings: Settings, model: str) -> bool:
    """Tell whether a model was asked for."""
    return (settings.only or "") in model


def measure(settings: Settings, model: str, seed: int, noise: float, fitted: dict[str, AttentionClassifier]) -> Row:
    """Run the experiment once; of each model the first classifier is kept for the comparison of speed."""
    size = {"n_series": 1000} if settings.quick else {}
    config = SineConfig(random_state=seed, noise=noise, **size)
    training = {"max_epochs": 1} if settings.quick and model == "reference" else None
    done = run_sine(config, AttentionClassifier(model, training=training, random_state=seed))
    fitted.setdefault(model, done.classifier)
    row = {"kind": "train", "model": model, "noise": noise, "seed": seed, **figures_of(done)}
    print(
        {name: row[name] for name in ("model", "noise", "seed", "f1", "average_precision", "train_seconds")}, flush=True
    )
    return row


def figures_of(done: SineRun) -> Row:
    """Return what one run came to, as a flat record; localisation by evidence, and by attention beside it."""
    measures = ("average_precision", "pointing", "mass", "iou")
    report = done.report
    return {
        **{name: getattr(report, name) for name in ("f1", "accuracy", "precision", "recall", "roc_auc")},
        **{name: getattr(done.evidence, name) for name in measures},
        **{f"attention_{name}": getattr(done.attention, name) for name in measures},
        **{f"chance_{name}": getattr(done.evidence, f"chance_{name}") for name in measures},
        "train_seconds": done.seconds.train,
        "predict_seconds": done.seconds.evaluate,
        "epochs": done.classifier.history_.n_epochs,
    }


def predict_rows(fitted: dict[str, AttentionClassifier]) -> list[Row]:
    """Time the prediction of 2,000 series of 500 steps, the models by turns."""
    series = make_sine(SineConfig(n_series=2000, random_state=99))
    tasks = {model: lambda clf=clf: clf.predict(series) for model, clf in fitted.items()}
    seconds = seconds_by_turns(tasks, repeats=5)
    return [{"kind": "predict", "model": model, "n_series": 2000, "seconds": value} for model, value in seconds.items()]


def length_rows(settings: Settings) -> list[Row]:
    """Time two epochs over 512 series of each length, the lengths by turns."""
    n_series = 128 if settings.quick else 512
    series = {length: make_sine(SineConfig(n_series=n_series, n_steps=length)) for length in LENGTHS}

    def fit(length: int) -> None:
        AttentionClassifier("convolutional", training={"max_epochs": 2}, random_state=0).fit(series[length])

    seconds = seconds_by_turns({str(length): lambda n=length: fit(n) for length in LENGTHS}, repeats=3)
    return [
        {"kind": "length", "model": "default", "n_series": n_series, "n_steps": length, "seconds": seconds[str(length)]}
        for length in LENGTHS
    ]


def demo_rows(settings: Settings) -> list[Row]:
    """Time ``attime demo`` as a process of its own, pictures and files included, and see how much memory it takes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "import sys; from attime.cli.main import main; sys.exit(main())", "demo"]
        small = ["--data.n_series", "1000"] if settings.quick else []
        start = time.perf_counter()
        subprocess.run([*command, *small, "--out", folder], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [{"kind": "demo", "model": "default", "seconds": seconds, "peak_memory_mb": peak}]


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return the figures that matter."""
    trained = [row for row in rows if row["kind"] == "train"]
    ours = [row for row in trained if row["model"] == "default" and not row["noise"]]
    noisy = [row for row in trained if row["model"] == "default" and row["noise"]]
    reference = [row for row in trained if row["model"] == "reference"]
    predict = {row["model"]: row["seconds"] for row in rows if row["kind"] == "predict"}
    lengths = [row for row in rows if row["kind"] == "length"]
    (demo,) = (row for row in rows if row["kind"] == "demo")
    train_seconds, reference_seconds = median(ours, "train_seconds"), median(reference, "train_seconds")
    return {
        "f1_median": median(ours, "f1"),
        "f1_min": min(float(row["f1"]) for row in ours),
        "accuracy_median": median(ours, "accuracy"),
        "accuracy_min": min(float(row["accuracy"]) for row in ours),
        "roc_auc_median": median(ours, "roc_auc"),
        "roc_auc_min": min(float(row["roc_auc"]) for row in ours),
        "noise10_f1_median": median(noisy, "f1"),
        "train_seconds": train_seconds,
        "reference_train_seconds": reference_seconds,
        "train_ratio": ratio(reference_seconds, train_seconds),
        "predict_ratio": ratio(predict.get("reference"), predict["default"]),
        "reference_f1": median(reference, "f1"),
        "average_precision_median": median(ours, "average_precision"),
        "average_precision_min": min(float(row["average_precision"]) for row in ours),
        "pointing_median": median(ours, "pointing"),
        "mass_median": median(ours, "mass"),
        "iou_median": median(ours, "iou"),
        "noise10_average_precision_median": median(noisy, "average_precision"),
        "reference_average_precision": median(reference, "average_precision"),
        "reference_attention_average_precision": median(reference, "attention_average_precision"),
        "exponent_length": exponent([row["n_steps"] for row in lengths], [row["seconds"] for row in lengths]),
        "demo_seconds": demo["seconds"],
        "demo_peak_memory_mb": demo["peak_memory_mb"],
    }


def ratio(theirs: float | None, ours: float) -> float | None:
    """Return how many times more theirs is, or None where it was not measured."""
    return None if theirs is None else theirs / ours


def draw_lengths(rows: list[Row], folder: Path) -> None:
    """Draw seconds against length beside a straight line through the first point."""
    lengths = [row for row in rows if row["kind"] == "length"]
    steps, seconds = [row["n_steps"] for row in lengths], [row["seconds"] for row in lengths]
    figure = Figure(figsize=(4.5, 3.2), layout="constrained")
    ax = figure.add_subplot()
    ax.plot(steps, seconds, "o-", color="#0072B2", label="measured")
    slope = statistics.median(second / step for second, step in zip(seconds, steps, strict=True))
    ax.plot(steps, [slope * step for step in steps], "--", color="0.5", label="linear")
    ax.set(xlabel="time steps of a series", ylabel="seconds for two epochs", xlim=(0, None), ylim=(0, None))
    ax.legend(frameon=False)
    figure.savefig(folder / "sine_length.png", dpi=150)
