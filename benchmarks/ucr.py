"""The UCR archive: every set that is found, on the archive's own split, beside published accuracies."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
from common import Result, Row, Settings, median, show_table
from matplotlib.figure import Figure

from attime import AttentionClassifier, read
from attime.data import SeriesSet
from attime.errors import DataError
from attime.evaluate import classification_report

PEERS = (
    "LITErepo_MultiROCKET",
    "LITErepo_InceptionTime",
    "LITErepo_LITETime",
    "MiniROCKET",
    "MR-Hydra",
    "HC2",
    "1NN-DTW",
)
PUBLISHED = Path("published") / "classification" / "ucr_default_split_accuracy_dev.csv"
COLUMNS = (
    "set", "seed", "n_train", "n_steps", "n_classes", "accuracy", "balanced_accuracy", "nll", "fit_seconds",
    "predict_seconds", *PEERS,
)  # fmt: skip


def run(settings: Settings) -> Result:
    """Fit the default classifier on each set."""
    published = read_published(settings.data)
    rows: list[Row] = []
    for folder in find_sets(settings):
        for seed in range(settings.first_seed, settings.first_seed + (settings.seeds or 1)):
            rows.append(measure(folder, seed) | published.get(folder.name, {}))
            print({name: rows[-1][name] for name in ("set", "seed", "accuracy", "fit_seconds")}, flush=True)
    show_table(rows, title="UCR archive, the archive's own split", columns=COLUMNS)
    draw_beside_published(rows, settings.pictures)
    return Result(summary_of(rows), rows)


def find_sets(settings: Settings) -> list[Path]:
    """Return the folders of the sets that were asked for and that can be read."""
    root = settings.data / "classification" / "ucr"
    folders = sorted(folder for folder in root.glob("*") if part_of(folder, "TRAIN"))
    folders = [folder for folder in folders if (settings.only or "") in folder.name]
    if not folders:
        raise DataError(f"{root}: no sets named NAME/NAME_TRAIN.tsv(.gz) found; give their folder by --data")
    return folders[:3] if settings.quick else folders


def part_of(folder: Path, part: str) -> Path | None:
    """Return the file of one part of a set, packed or not."""
    candidates = (folder / f"{folder.name}_{part}{ending}" for ending in (".tsv", ".tsv.gz", ".txt", ".txt.gz"))
    return next((path for path in candidates if path.is_file()), None)


def measure(folder: Path, seed: int) -> Row:
    """Fit on the training part, judge by the test part."""
    train, test = (read_part(folder, part) for part in ("TRAIN", "TEST"))
    start = time.perf_counter()
    clf = AttentionClassifier(random_state=seed).fit(train)
    fitted = time.perf_counter()
    probabilities = clf.predict_proba(test)
    predicted = time.perf_counter()
    report = classification_report(test.labels, probabilities, clf.classes_)
    return {
        "set": folder.name,
        "seed": seed,
        "n_train": len(train),
        "n_test": len(test),
        "n_steps": train.n_steps,
        "n_classes": len(clf.classes_),
        "accuracy": report.accuracy,
        "balanced_accuracy": report.balanced_accuracy,
        "nll": report.negative_log_likelihood,
        "fit_seconds": fitted - start,
        "predict_seconds": predicted - fitted,
        "epochs": clf.history_.n_epochs,
    }


def read_part(folder: Path, part: str) -> SeriesSet:
    """Read one part of a set."""
    path = part_of(folder, part)
    if path is None:
        raise DataError(f"{folder}: no {part} part beside the other one; complete the set or leave it out by --only")
    return read(path)


def read_published(data: Path) -> dict[str, Row]:
    """Return the published accuracies of each set, or nothing if they do not lie beside the data."""
    path = data.resolve().parent / PUBLISHED
    if not path.is_file():
        return {}
    table = pd.read_csv(path, index_col="dataset")
    best = table.max(axis=1).rename("published_best")
    chosen = table[[peer for peer in PEERS if peer in table]].join(best)
    return {name: {key: float(value) for key, value in row.dropna().items()} for name, row in chosen.iterrows()}


def draw_beside_published(rows: list[Row], folder: Path) -> None:
    """Draw our accuracy on each set against the best published one."""
    known = [row for row in rows if "published_best" in row]
    figure = Figure(figsize=(4.2, 4.2), layout="constrained")
    ax = figure.add_subplot()
    ax.plot([0, 1], [0, 1], "--", color="0.5", linewidth=1)
    ax.plot([row["published_best"] for row in known], [row["accuracy"] for row in known], "o", color="#0072B2")
    ax.set(
        xlabel="best published accuracy",
        ylabel="accuracy of the default",
        aspect="equal",
        xlim=(0, 1.02),
        ylim=(0, 1.02),
    )
    figure.savefig(folder / "ucr_accuracy.png", dpi=150)


def summary_of(rows: list[Row]) -> dict[str, float | None]:
    """Return means over sets, of ours and of the published columns on the same sets."""
    table = pd.DataFrame(rows)
    by_set = table.drop(columns=["seed"]).groupby("set").mean()
    return {
        "n_sets": len(by_set),
        "accuracy_mean": float(by_set["accuracy"].mean()),
        "balanced_accuracy_mean": float(by_set["balanced_accuracy"].mean()),
        "nll_mean": float(by_set["nll"].mean()),
        "seconds_total": float((table["fit_seconds"] + table["predict_seconds"]).sum()),
        "fit_seconds_median": median(rows, "fit_seconds"),
        "published_best_mean": _mean(by_set, "published_best"),
        **{name: value for peer in PEERS for name, value in beside(by_set, peer).items()},
    }


def beside(by_set: pd.DataFrame, peer: str) -> dict[str, float | None]:
    """Return the mean accuracy of a published classifier, and ours on the sets for which there is a figure of it."""
    known = by_set.dropna(subset=[peer]) if peer in by_set else by_set.iloc[:0]
    return {
        f"published_{peer}_accuracy_mean": _mean(known, peer),
        f"accuracy_mean_where_{peer}": _mean(known, "accuracy"),
        f"n_sets_{peer}": len(known),
    }


def _mean(table: pd.DataFrame, column: str) -> float | None:
    values = table[column].dropna() if column in table else np.empty(0)
    return float(np.mean(values)) if len(values) else None
