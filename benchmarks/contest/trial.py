"""One measurement: a contender learns from the training part and is judged by the test part, into one flat record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from common import Row

from attime import AttentionClassifier
from attime.data import SeriesSet
from attime.evaluate import classification_report
from contest.contenders import Contender
from contest.filling import filled, is_whole
from contest.memory import forget_peak, peak_mb, resident_mb
from contest.peers import Model

Source = Callable[[], tuple[SeriesSet, SeriesSet]]
EXPLAINED = 20  # test cases by which it is checked that evidence sums to the logits


@dataclass(frozen=True)
class Trial:
    """What is to be measured.

    Attributes
    ----------
    source
        Gives both parts, in the process that measures.
    model
        The name of a contender.
    seed
        Of everything random.
    told
        What else the record says, such as the name of the set.
    filled
        Whether gaps and unequal lengths are filled before the contender sees them.
    """

    source: Source
    model: str
    seed: int
    told: Row = field(default_factory=dict)
    filled: bool = False

    @property
    def heading(self) -> Row:
        """The fields that tell this trial from the others."""
        return {**self.told, "model": self.model, "seed": self.seed, "filled": self.filled}


def measure(trial: Trial, contender: Contender, threads: int) -> Row:
    """Return the record of a trial; what a contender refuses is a record, too, with the reason as its status."""
    row = trial.heading
    try:
        train, test = trial.source()
        row |= shape_of(train, test)
        if trial.filled:
            train, test = filled(train, test)
        if reason := contender.too_costly(train, test):
            return row | {"status": f"skipped: {reason}"}
        return row | {"status": "ok", **figures(train, test, contender, trial.seed, threads)}
    except Exception as error:  # whatever another library raises
        return row | {"status": f"failed: {type(error).__name__}: {' '.join(str(error).split())[:300]}"}


def shape_of(train: SeriesSet, test: SeriesSet) -> Row:
    """Say how large a set is, and whether every classifier can take it."""
    return {
        "n_train": len(train),
        "n_test": len(test),
        "n_channels": train.n_channels,
        "n_steps": max(train.n_steps, test.n_steps),
        "whole": is_whole(train, test),
    }


def figures(train: SeriesSet, test: SeriesSet, contender: Contender, seed: int, threads: int) -> Row:
    """Fit and predict; return accuracy, likelihood, calibration, seconds and memory."""
    forget_peak()
    before = resident_mb()
    start = time.perf_counter()
    model = contender.build(seed, threads)
    model.fit(train)
    fitted = time.perf_counter()
    probabilities = model.predict_proba(test)
    predicted = time.perf_counter()
    peak = peak_mb()
    report = classification_report(test.labels, probabilities, model.classes_)
    likely = contender.gives_probabilities
    return {
        "n_classes": len(model.classes_),
        "accuracy": report.accuracy,
        "balanced_accuracy": report.balanced_accuracy,
        "nll": report.negative_log_likelihood if likely else None,
        "ece": report.expected_calibration_error if likely else None,
        "fit_seconds": fitted - start,
        "predict_seconds": predicted - fitted,
        "peak_memory_mb": peak,
        "memory_mb": peak - before,
        **evidence_of(model, test[:EXPLAINED]),
    }


def evidence_of(model: Model, test: SeriesSet) -> Row:
    """Return the largest difference of a logit from its bias and its evidence, relative to the largest logit."""
    if not isinstance(model, AttentionClassifier):
        return {}
    logits = model.logits(test)
    summed = model.evidence(test).sum(axis=(2, 3)) + model.bias_
    return {"evidence_error": float(np.abs(summed - logits).max() / max(1.0, np.abs(logits).max()))}
