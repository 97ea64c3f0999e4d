"""What the commands say: the only place of the library that prints."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from attime.events import announce, numbers_of

if TYPE_CHECKING:  # so that a command that only has a line to tell does not wait for all of the library
    from attime import AttentionClassifier, AttentionRegressor
    from attime.evaluate import ClassificationReport
    from attime.experiments import Judgement, NumberJudgement, SineRun
    from attime.explain import LocalisationSummary

MERITS = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "f1": "F1", "roc_auc": "ROC AUC"}
ERRORS = {"mean_absolute_error": "mean absolute error", "root_mean_squared_error": "root mean squared error"}
MEASURES = {
    "average_precision": "average precision",
    "mass": "mass on the flat part",
    "pointing": "highest step on it",
    "iou": "overlap (IoU)",
    "ndcg": "true steps ranked first (NDCG)",
}
MOST_CLASSES = 12


def tell(text: str) -> None:
    """Print plain text."""
    print(text)


def complain(text: str) -> None:
    """Print, where errors go, what went wrong without ending a command."""
    print(f"attime: {' '.join(text.split())}", file=sys.stderr)


def tell_sine(run: SineRun, folder: str | os.PathLike[str] | None) -> None:
    """Print how good the classifier is, beside the published figures, and where it looked, beside chance."""
    from attime.experiments import PUBLISHED

    announce("result", numbers_of(run.report) | numbers_of(run.evidence) | numbers_of(run.seconds))
    console = Console()
    merits = Table("sine or flattened sine?", "here", "published", title=f"{run.report.n_cases:,} unseen cases")
    for name, label in MERITS.items():
        merits.add_row(label, f"{getattr(run.report, name):.4f}", f"{PUBLISHED[name]:.4f}")
    console.print(merits)
    where = Table("did it look at the flat part?", "evidence", "attention", "chance")
    for name, label in MEASURES.items():
        where.add_row(label, *(f"{value:.3f}" for value in _beside_chance(run.evidence, run.attention, name)))
    console.print(where)
    seconds = run.seconds
    _tell_picked(console, run.classifier)
    console.print(
        f"{seconds.data:.1f} s for the data, {seconds.train:.1f} s to train{_epochs(run.classifier)}, "
        f"{seconds.evaluate:.2f} s to predict",
        highlight=False,
    )
    console.print(
        f"written to {folder}" if folder else "nothing was written: --out FOLDER keeps results", highlight=False
    )


def tell_judgement(judgement: Judgement) -> None:
    """Print how good a classifier is."""
    console = Console()
    report = judgement.report
    announce("result", numbers_of(report) | numbers_of(judgement))
    table = Table("", "", title=_cases(judgement), show_header=False)
    names = {"accuracy": "accuracy", "balanced_accuracy": "balanced accuracy", **MERITS}
    names |= {"negative_log_likelihood": "negative log-likelihood", "expected_calibration_error": "calibration error"}
    for name, label in names.items():
        table.add_row(label + _of_positive(report, name), f"{getattr(report, name):.4f}")
    console.print(table)
    if len(report.classes) <= MOST_CLASSES:
        console.print(_confusion_table(report))
    _tell_picked(console, judgement.classifier)
    _tell_seconds(console, judgement, judgement.classifier)


def tell_numbers(judgement: NumberJudgement) -> None:
    """Print how far off a regressor is, beside the mean of the training cases."""
    console = Console()
    report = judgement.report
    announce("result", numbers_of(report) | numbers_of(judgement))
    table = Table("", "here", "mean", title=_cases(judgement))
    for name, label in ERRORS.items():
        table.add_row(label, f"{getattr(report, name):.4g}", f"{getattr(report, f'naive_{name}'):.4g}")
    table.add_row("R²", f"{report.r2:.4f}", "")
    console.print(table)
    console.print(report.verdict, highlight=False)
    _tell_seconds(console, judgement, judgement.regressor)


def _tell_picked(console: Console, classifier: AttentionClassifier) -> None:
    if classifier.reason_:
        console.print(f"picked: {classifier.reason_}", highlight=False)


def _tell_seconds(
    console: Console, judgement: Judgement | NumberJudgement, estimator: AttentionClassifier | AttentionRegressor
) -> None:
    if judgement.train_seconds is not None:
        told = f"{judgement.train_seconds:.1f} s to fit {judgement.n_train:,} cases{_epochs(estimator)}, "
        console.print(told, end="", highlight=False)
    console.print(f"{judgement.predict_seconds:.2f} s to predict", highlight=False)


def _epochs(estimator: AttentionClassifier | AttentionRegressor) -> str:
    """Count the epochs, if there were any."""
    n_epochs = estimator.history_.n_epochs
    return f" ({n_epochs} epochs)" if n_epochs else ""


def _cases(judgement: Judgement | NumberJudgement) -> str:
    """Say "unseen" only of cases that are known not to have been learnt."""
    return f"{judgement.report.n_cases:,} {'unseen cases' if judgement.held_out else 'cases'}"


def _confusion_table(report: ClassificationReport) -> Table:
    table = Table("true \\ predicted", *map(str, report.classes.tolist()))
    for label, row in zip(report.classes.tolist(), report.confusion_matrix, strict=True):
        table.add_row(str(label), *map(str, row))
    return table


def _of_positive(report: ClassificationReport, name: str) -> str:
    if name not in {"precision", "recall", "f1"}:
        return ""
    return f" of class {report.positive}" if report.positive is not None else ", mean over classes"


def _beside_chance(
    evidence: LocalisationSummary, attention: LocalisationSummary, name: str
) -> tuple[float, float, float]:
    return getattr(evidence, name), getattr(attention, name), getattr(evidence, f"chance_{name}")
