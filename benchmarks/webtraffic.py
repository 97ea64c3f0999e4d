"""WebTraffic: accuracy and explanations of one network and of five, by the protocol of Early et al. (ICLR 2024).

NDCG@n of the true class over all cases, those of class 0 (whose mask is full) included; AOPCR of the predicted class.
https://arxiv.org/abs/2311.10049
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from common import Result, Row, Settings, show_table
from matplotlib.figure import Figure

from attime import AttentionClassifier
from attime.data import SeriesSet
from attime.errors import DataError
from attime.evaluate import classification_report
from attime.explain import Explanation, aopcr, aopcr_probability, deletion_curve, explain, ndcg_at_n
from attime.plot import plot_curve

SEEDS, MEMBERS = 5, 5
METHODS = ("evidence", "attention", "random")
QUICK = {"max_epochs": 2}
PUBLISHED = (
    {"model": "InceptionTime ×5, published", "method": "instance", "accuracy": 0.938, "aopcr": 13.192, "ndcg": 0.704},
    {"model": "InceptionTime ×5, published", "method": "CAM", "accuracy": 0.934, "aopcr": 12.470, "ndcg": 0.707},
    {
        "model": "InceptionTime ×5, published",
        "method": "conjunctive",
        "accuracy": 0.940,
        "aopcr": 11.100,
        "ndcg": 0.694,
    },
    {"model": "InceptionTime ×5, published", "method": "attention", "accuracy": 0.936, "aopcr": -1.597, "ndcg": 0.420},
    {
        "model": "InceptionTime ×1, published",
        "method": "conjunctive",
        "accuracy": 0.922,
        "aopcr": 12.483,
        "ndcg": 0.675,
    },
)
COLUMNS = (
    "model", "method", "seed", "accuracy", "nll", "ndcg", "aopcr", "aopcr_probability", "beats_random",
    "train_seconds",
)  # fmt: skip


def run(settings: Settings) -> Result:
    """Fit one network for each seed, then an ensemble, on the training part; explain the test part."""
    train, test = parts(settings.data)
    n_seeds = settings.seeds or (1 if settings.quick else SEEDS)
    rows: list[Row] = []
    jobs = [("ours ×1", 1, seed) for seed in range(settings.first_seed, settings.first_seed + n_seeds)]
    jobs += [] if settings.quick else [(f"ours ×{MEMBERS}", MEMBERS, settings.first_seed)]
    for model, n_networks, seed in jobs:
        if (settings.only or "") in model:
            rows += measure(train, test, model=model, n_networks=n_networks, seed=seed, settings=settings)
            show_table(rows[-len(METHODS) :], title=f"{model}, seed {seed}", columns=COLUMNS)
    show_table([*rows, *PUBLISHED], title="WebTraffic", columns=COLUMNS)
    return Result(summary_of(rows), rows)


def parts(data: Path) -> tuple[SeriesSet, SeriesSet]:
    """Read both parts of the data set."""
    path = data / "classification" / "webtraffic" / "webtraffic.npz"
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; give the folder of data sets by --data")
    with np.load(path) as file:
        return tuple(  # type: ignore[return-value]
            SeriesSet.of(
                file[f"X_{part}"], file[f"y_{part}"], truth=file[f"mask_{part}"].astype(bool), source=path.name
            )
            for part in ("train", "test")
        )


def measure(
    train: SeriesSet, test: SeriesSet, *, model: str, n_networks: int, seed: int, settings: Settings
) -> list[Row]:
    """Fit once, and measure each method of explanation."""
    training = QUICK if settings.quick else None
    clf = AttentionClassifier(n_networks=n_networks, training=training, random_state=seed)
    start = time.perf_counter()
    clf.fit(train)
    seconds = time.perf_counter() - start
    report = classification_report(test.labels, clf.predict_proba(test), clf.classes_)
    rows: list[Row] = []
    for method in METHODS:
        predicted = explain(clf, test, method=method, target="predicted", random_state=seed)
        curve = deletion_curve(clf, predicted, random_state=seed)
        gain = aopcr(curve)
        rows.append(
            {
                "model": model,
                "method": method,
                "seed": seed,
                "accuracy": report.accuracy,
                "nll": report.negative_log_likelihood,
                "ndcg": ndcg_of(explain(clf, test, method=method, target="true", random_state=seed)),
                "aopcr": float(gain.mean()),
                "aopcr_probability": float(aopcr_probability(curve).mean()),
                "beats_random": float((gain > 0).mean()),
                "train_seconds": seconds,
                "epochs": clf.history_.n_epochs,
            }
        )
        if method == "evidence":
            draw(curve, settings.pictures / "webtraffic_deletion.png")
    return rows


def ndcg_of(explanation: Explanation) -> float:
    """Return the mean NDCG@n over all cases."""
    assert explanation.series.truth is not None
    return float(ndcg_at_n(explanation.by_step, explanation.series.truth, present=explanation.present).mean())


def draw(curve: object, path: Path) -> None:
    """Draw the deletion curve of the evidence."""
    figure = Figure(figsize=(5, 3.4), layout="constrained")
    plot_curve(curve, ax=figure.add_subplot())
    figure.savefig(path, dpi=120)


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return the figures of the evidence, and those of attention beside them."""
    summary: dict[str, float | None] = {}
    for name, model in (("single", "ours ×1"), ("ensemble", f"ours ×{MEMBERS}")):
        own = [row for row in rows if row["model"] == model and row["method"] == "evidence"]
        attention = [row for row in rows if row["model"] == model and row["method"] == "attention"]
        for key in ("accuracy", "nll", "ndcg", "aopcr", "aopcr_probability", "train_seconds"):
            summary[f"{key}_{name}"] = _mean(own, key)
        for key in ("ndcg", "aopcr"):
            summary[f"attention_{key}_{name}"] = _mean(attention, key)
    summary["evidence_beats_random_share"] = _mean([row for row in rows if row["method"] == "evidence"], "beats_random")
    return summary


def _mean(rows: list[Row], key: str) -> float | None:
    return float(np.mean([float(row[key]) for row in rows])) if rows else None  # type: ignore[arg-type]
