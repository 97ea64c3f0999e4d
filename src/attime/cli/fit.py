"""`attime fit`: fit a classifier or regressor on a file of series, and judge it by cases it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from jsonargparse import ArgumentParser, Namespace

from attime import AttentionClassifier, AttentionRegressor
from attime.cli.checkpoint import add_checkpoint_arguments, checkpoints_of
from attime.cli.on_ray import add_engine_arguments, connected, on_ray
from attime.cli.parser import (
    add_classifier_arguments,
    add_static_argument,
    classifier_of,
    refuse_classes,
    regressor_of,
    static_of,
)
from attime.cli.saving import add_save_arguments, check_save_place
from attime.cli.tell import tell_judgement, tell_numbers
from attime.engines import fit_together
from attime.errors import OptionError
from attime.experiments import Judgement, NumberJudgement, fit_file, fit_numbers, write_judgement, write_numbers
from attime.files import check_folder
from attime.names import pick
from attime.training import is_first

Fitted = TypeVar("Fitted")

WORKERS = 2


def add_arguments(parser: ArgumentParser) -> None:
    """Add the files and the parameters of the classifier."""
    parser.add_argument(
        "train",
        type=str,
        help="file of labelled series: .csv, .tsv, .ts, .npz (data.npz:train), …; or a folder of them, or a pattern, "
        "also where they do not fit into memory",
    )
    parser.add_argument(
        "--task",
        type=str,
        default="classification",
        help="what to learn of the target: 'classification', its classes, or 'regression', its numbers",
    )
    parser.add_argument("--test", type=str | None, help="file to judge by; without it a fifth of TRAIN is kept back")
    parser.add_argument("--target", type=str | None, help="the column of labels or numbers in a CSV file")
    add_static_argument(parser, fitted=False)
    parser.add_argument(
        "--positive", type=str | None, help="of two classes, the one that precision and recall are about"
    )
    add_save_arguments(parser, "--out")
    parser.add_argument("--report", type=str | None, help="folder for report.html, metrics.json and pictures")
    add_engine_arguments(parser)
    parser.add_argument("--workers", type=int | None, help="with --engine ray: workers that train together; 2")
    add_checkpoint_arguments(parser)
    add_classifier_arguments(parser)


def main(options: Namespace) -> None:
    """Fit, judge, write what was asked for, and tell the figures."""
    task = pick(TASKS, options.task, what="task")
    check_save_place(options)
    if options.workers is not None and not on_ray(options):
        raise OptionError(f"--workers {options.workers} is of --engine ray; give that too, or leave it out")
    if options.report:
        check_folder(options.report)
    with connected(options):
        task(options)


def _fitted(fit: Callable[[Namespace], Fitted], options: Namespace) -> Fitted:
    """Fit in this process, or together with others on a cluster, and keep checkpoints there."""
    if on_ray(options):
        return fit_together(
            partial(_kept, fit, options), workers=WORKERS if options.workers is None else options.workers
        )
    return _kept(fit, options)


def _kept(fit: Callable[[Namespace], Fitted], options: Namespace) -> Fitted:
    with checkpoints_of(options):
        return fit(options)


def _hand_out(
    judgement: Fitted,
    estimator: AttentionClassifier | AttentionRegressor,
    options: Namespace,
    *,
    tell: Callable[[Fitted], object],
    write: Callable[[Fitted, str], object],
) -> None:
    """Save the model, tell the figures and write the report, where this is the process that does so."""
    if not is_first():
        return
    if options.save:
        estimator.save(options.save, card=options.card)
    tell(judgement)
    if options.report:
        write(judgement, options.report)


def _classify(options: Namespace) -> None:
    judgement = _fitted(_fit_classes, options)
    _hand_out(judgement, judgement.classifier, options, tell=tell_judgement, write=write_judgement)


def _fit_classes(options: Namespace) -> Judgement:
    return fit_file(
        options.train,
        classifier_of(options),
        test=options.test,
        target=options.target,
        static=static_of(options) or (),
        positive=options.positive,
    )


def _regress(options: Namespace) -> None:
    refuse_classes(options, "positive", "class_weight", "quality")
    judgement = _fitted(_fit_numbers, options)
    _hand_out(judgement, judgement.regressor, options, tell=tell_numbers, write=write_numbers)


def _fit_numbers(options: Namespace) -> NumberJudgement:
    return fit_numbers(
        options.train, regressor_of(options), test=options.test, target=options.target, static=static_of(options) or ()
    )


TASKS = {"classification": _classify, "regression": _regress}
