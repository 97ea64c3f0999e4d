"""How a search goes on: draw parameters, judge them fold by fold, keep what came of it, and draw the next ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch
from sklearn.base import clone

from attime.data import SeriesSet
from attime.errors import TrainingError
from attime.estimators import AttentionClassifier
from attime.training.progress import Tick, progress_bar
from attime.tuning.folds import Folds, is_behind
from attime.tuning.metrics import Metric
from attime.tuning.space import Range, decoded, own_values
from attime.tuning.study import draw, finished, optuna

HOPELESS = (TrainingError, MemoryError, torch.OutOfMemoryError)  # ends a trial, not the search


@dataclass(frozen=True, eq=False)
class Plan:
    """What is searched, and how it is judged: a score is made of nothing else.

    Attributes
    ----------
    estimator
        What all parameters that are not varied come from.
    space
        What is varied.
    folds
        By which cases it is judged.
    metric
        And by which measure.
    seed
        Of what is tried.
    """

    estimator: AttentionClassifier
    space: Mapping[str, Range]
    folds: Folds
    metric: Metric
    seed: int

    def candidate(self, params: Mapping[str, Any]) -> AttentionClassifier:
        """Return the estimator with other parameters; it is silent, because the search has a progress bar itself."""
        silent: AttentionClassifier = clone(self.estimator).set_params(training__progress=False)
        return silent.set_params(**params)

    def in_words(self) -> dict[str, str]:
        """Return what tells this search from others in a study's file; the data as a digest."""
        return {
            "space": repr(dict(self.space)),
            "estimator": repr(self.candidate({}).get_params(deep=False)),
            "data": _digest(self.folds.series),
        }


def run_trials(study: Any, plan: Plan, n_trials: int, *, progress: bool | Literal["auto"]) -> None:
    """Make trials until the study has so many that are over."""
    own = own_values(plan.space, plan.estimator.get_params())
    n_over = len(finished(study))
    with progress_bar("tuning", max(n_trials - n_over, 0) * len(plan.folds), show=progress) as tick:
        for number in range(n_over, n_trials):
            trial = draw(study, plan.space, own=own, seed=plan.seed)
            _judge(trial, study, plan, partial(_tell, tick, study, f"trial {number + 1} of {n_trials}"))


def _judge(trial: Any, study: Any, plan: Plan, tick: Callable[[], None]) -> None:
    """Fit and score a trial; the folds that it is spared, if it is stopped, count as done in the progress bar."""
    states = optuna().trial.TrialState
    complete = study.get_trials(deepcopy=False, states=(states.COMPLETE,))
    state, score, n_judged = states.COMPLETE, None, 0
    try:
        for score in plan.folds.scores(plan.candidate(decoded(plan.space, trial.params)), plan.metric):
            trial.report(score, n_judged)
            tick()
            others = [other.intermediate_values[n_judged] for other in complete]
            n_judged += 1
            if n_judged < len(plan.folds) and is_behind(score, others, plan.metric):
                state = states.PRUNED
                break
    except HOPELESS:
        state = states.FAIL
    study.tell(trial, score if state == states.COMPLETE else None, state=state)
    for _ in range(len(plan.folds) - n_judged):
        tick()


def _tell(tick: Tick, study: Any, trial: str) -> None:
    """Move the bar on by a fold, and say beside it how far the search is."""
    complete = study.get_trials(deepcopy=False, states=(optuna().trial.TrialState.COMPLETE,))
    tick(f"{trial}, best so far {study.best_value:.4f}" if complete else trial)


def _digest(series: SeriesSet) -> str:
    """Return a word that is another one as soon as anything that a classifier learns from is."""
    digest = hashlib.sha256(repr(series.values.shape).encode())
    for part in (series.values, series.times):
        if part is not None:
            digest.update(part.tobytes())
    digest.update(repr([] if series.labels is None else series.labels.tolist()).encode())
    if series.steps is not None:
        digest.update(b"steps" + series.steps.tobytes())
    if series.static is not None:
        digest.update(b"static" + repr(series.static.to_dict("list")).encode())
    return digest.hexdigest()[:16]
