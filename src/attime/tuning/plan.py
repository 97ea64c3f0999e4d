"""How a search goes on: draw parameters, judge them fold by fold, keep what came of it, and draw the next ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

import torch
from sklearn.base import clone

from attime.data import SeriesSet
from attime.errors import TrainingError
from attime.estimators import AttentionClassifier
from attime.events import announce
from attime.training.progress import Tick, progress_bar
from attime.tuning.folds import Folds, is_behind
from attime.tuning.metrics import Metric
from attime.tuning.space import Range, decoded, own_values
from attime.tuning.study import draw, finished, keep

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


@dataclass(frozen=True)
class Judged:
    """What came of a trial.

    Attributes
    ----------
    state
        How it ended: ``"COMPLETE"``, ``"PRUNED"`` or ``"FAIL"``.
    scores
        The mean over the folds so far, after each fold.
    begun, ended
        When.
    """

    state: str
    scores: tuple[float, ...]
    begun: datetime
    ended: datetime


#: The scores that other trials had, fold by fold.
Rivals = Sequence[tuple[float, ...]]

#: What judges the trials of a round: plan, parameters of each, rivals, and what is to be told of each fold.
Judging = Callable[[Plan, Sequence[Mapping[str, Any]], Rivals, Callable[[], None]], Iterator[Judged]]


def run_trials(
    study: Any, plan: Plan, n_trials: int, *, parallel: int, judging: Judging, progress: bool | Literal["auto"]
) -> None:
    """Make trials, round by round, until the study has so many that are over.

    The trials of a round are drawn, and stopped, by what was known before it, in whatever order they are judged.
    """
    own = own_values(plan.space, plan.estimator.get_params())
    n_over = len(finished(study))
    with progress_bar("tuning", max(n_trials - n_over, 0) * len(plan.folds), show=progress) as tick:
        while n_over < n_trials:
            first = n_over // parallel * parallel  # of this round, in which a study may have been interrupted
            known = finished(study)[:first]
            numbers = range(n_over, min(first + parallel, n_trials))
            drawn = [_drawn(known, plan, own, number) for number in numbers]
            rivals = [(*trial.intermediate_values.values(),) for trial in known if trial.state.name == "COMPLETE"]
            params = [decoded(plan.space, trial.params) for trial in drawn]
            for trial, judged in zip(
                drawn, judging(plan, params, rivals, partial(_tell, tick, study, n_trials)), strict=True
            ):
                _keep(study, trial, judged)
            n_over = len(finished(study))


def _drawn(known: Sequence[Any], plan: Plan, own: Mapping[str, Any], number: int) -> Any:
    better = plan.metric.more_is_better
    return draw(known, plan.space, own=own, seed=plan.seed, number=number, more_is_better=better)


def in_turn(
    plan: Plan, params: Sequence[Mapping[str, Any]], rivals: Rivals, tick: Callable[[], None]
) -> Iterator[Judged]:
    """Judge the trials of a round one after the other, in this process."""
    for chosen in params:
        yield judge(plan, chosen, rivals, tick)


def judge(plan: Plan, params: Mapping[str, Any], rivals: Rivals, tick: Callable[[], None]) -> Judged:
    """Fit and score a trial; the folds that it is spared, if it is stopped, count as done in the progress bar."""
    begun, state, scores = datetime.now(), "COMPLETE", list[float]()
    try:
        for score in plan.folds.scores(plan.candidate(params), plan.metric):
            others = [rival[len(scores)] for rival in rivals]
            scores.append(score)
            tick()
            if len(scores) < len(plan.folds) and is_behind(score, others, plan.metric):
                state = "PRUNED"
                break
    except HOPELESS:
        state = "FAIL"
    for _ in range(len(plan.folds) - len(scores)):
        tick()
    return Judged(state, tuple(scores), begun, datetime.now())


def _keep(study: Any, trial: Any, judged: Judged) -> None:
    """Keep in a study what came of a trial."""
    keep(study, trial, state=judged.state, scores=judged.scores, begun=judged.begun, ended=judged.ended)
    score = judged.scores[-1] if judged.scores else None
    number = len(finished(study))
    announce("trial", {"number": number, "state": judged.state.lower(), "score": score, **trial.params})


def _tell(tick: Tick, study: Any, n_trials: int) -> None:
    """Move the bar on by a fold, and say beside it how far the search is."""
    over = finished(study)
    trial = f"trial {len(over) + 1} of {n_trials}"
    complete = any(trial.state.name == "COMPLETE" for trial in over)
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
