"""The headline experiment: tell a sine wave from one that stands still for a while, and see where the model looked."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from attime.data import SeriesSet, SineConfig, make_sine, split
from attime.data.sine import FLATTENED
from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.evaluate import ClassificationReport, classification_report
from attime.experiments.pictures import classifier_pictures, write_pictures
from attime.explain import LocalisationSummary, measure_localisation
from attime.files import output_folder, write_json
from attime.report import write_report

#: What the article reports for its own network on its own draw of the data ("about 5 minutes on a CPU").
PUBLISHED: Mapping[str, Any] = {
    "accuracy": 0.9775,
    "precision": 0.9855,
    "recall": 0.9685,
    "f1": 0.9769,
    "roc_auc": 0.9774,
    "confusion_matrix": [[953, 31], [14, 1002]],
}


@dataclass(frozen=True)
class Seconds:
    """Wall-clock seconds of the parts of a run."""

    data: float
    train: float
    evaluate: float


@dataclass(frozen=True, eq=False)
class SineRun:
    """The result of the experiment.

    Attributes
    ----------
    config
        What the data were made from.
    classifier
        The trained classifier.
    test
        The cases it was judged by.
    report
        Accuracy and the like on `test`; the class of interest is "flattened".
    evidence, attention
        How well the evidence for "flattened", and the attention weights, point at the flat part.
    seconds
        How long it took.
    """

    config: SineConfig
    classifier: AttentionClassifier
    test: SeriesSet
    report: ClassificationReport
    evidence: LocalisationSummary
    attention: LocalisationSummary
    seconds: Seconds


def run_sine(config: SineConfig, classifier: AttentionClassifier) -> SineRun:
    """Make the data, train the classifier on them, and judge it by cases that it has not seen.

    Parameters
    ----------
    config
        What to make the data from.
    classifier
        Not yet fitted; it is fitted on the training share, the validation share chooses the best epoch.

    Raises
    ------
    OptionError
        If the shares leave one of the parts without cases.

    Examples
    --------
    >>> from attime.training import TrainingOptions
    >>> quick = AttentionClassifier(training=TrainingOptions(max_epochs=1), random_state=0)
    >>> run_sine(SineConfig(n_series=100, n_steps=50), quick).report.n_cases
    20
    """
    start = time.perf_counter()
    parts = split(make_sine(config), shares=config.shares, random_state=config.random_state)
    for name in ("train", "validation", "test"):
        if not len(getattr(parts, name)):
            raise OptionError(f"shares {config.shares} of {config.n_series} series leave no {name} cases; raise them")
    data_made = time.perf_counter()
    classifier.fit(parts.train, validation=parts.validation)
    trained = time.perf_counter()
    assert parts.test.labels is not None
    report = classification_report(
        parts.test.labels, classifier.predict_proba(parts.test), classifier.classes_, positive=FLATTENED
    )
    evaluated = time.perf_counter()
    flattened = classifier.classes_.tolist().index(FLATTENED)
    assert parts.test.truth is not None
    return SineRun(
        config=config,
        classifier=classifier,
        test=parts.test,
        report=report,
        evidence=measure_localisation(classifier.evidence(parts.test)[:, flattened].sum(1), parts.test.truth).mean(),
        attention=measure_localisation(classifier.attention(parts.test), parts.test.truth).mean(),
        seconds=Seconds(data_made - start, trained - data_made, evaluated - trained),
    )


def metrics_of(run: SineRun) -> dict[str, Any]:
    """Return the figures of a run as plain JSON values, the published ones beside them."""
    return {
        **run.report.to_dict(),
        "localisation": _measures(run.evidence),
        "localisation_by_attention": _measures(run.attention),
        "localisation_by_chance": _measures(run.evidence, "chance_"),
        "seconds": dataclasses.asdict(run.seconds),
        "epochs": run.classifier.history_.n_epochs,
        "picked": run.classifier.reason_,
        "published": dict(PUBLISHED),
    }


def write_sine(run: SineRun, folder: str | os.PathLike[str]) -> None:
    """Write figures of merit, pictures, configuration, model and the page report.html into a folder.

    Raises
    ------
    OutputError
        If the folder cannot be made or written to.
    """
    place = output_folder(folder)
    run.classifier.save(place / "model.attime")
    write_pictures(classifier_pictures(run.classifier, run.test, run.report), place)
    write_json(configuration_of(run), place / "configuration.json")
    write_json(metrics_of(run), place / "metrics.json")
    page = place / "report.html"
    write_report(run.classifier, run.test, page, title="Sine or flattened sine?", positive=run.report.positive)


def configuration_of(run: SineRun) -> dict[str, Any]:
    """Return what is needed to run the experiment again.

    The command line reads it back with ``--config`` if the network has a name; a description is told as text.
    """
    classifier = run.classifier
    options = classifier.get_params(deep=False) | {"training": dataclasses.asdict(classifier.training_)}
    if not isinstance(classifier.network, str):
        options |= {"network": str(classifier.network)}
    if not isinstance(classifier.random_state, Integral):
        options |= {"random_state": None}
    return {"data": run.config.model_dump(mode="json"), **options}


def _measures(summary: LocalisationSummary, prefix: str = "") -> dict[str, float]:
    return {name: getattr(summary, prefix + name) for name in ("mass", "average_precision", "pointing", "iou", "ndcg")}
