"""What a search has found: the trials as a table, and the best of them as an estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sklearn.base import clone

from attime.errors import TrainingError
from attime.estimators import AttentionClassifier
from attime.tuning.metrics import METRICS
from attime.tuning.plan import Plan
from attime.tuning.space import decoded
from attime.tuning.study import finished, optuna

TRIALS_FOR_IMPORTANCE = 10
STATES = {"COMPLETE": "complete", "PRUNED": "stopped", "FAIL": "failed"}


@dataclass(frozen=True, eq=False)
class Search:
    """The result of a search.

    Attributes
    ----------
    estimator
        The estimator with the best parameters, not fitted.
    best_params
        The parameters of the best trial that were varied.
    best_score
        Its mean over all folds. It was chosen for being the best, so it flatters: cases that took no part in the
        search tell more.
    metric
        What the scores are.
    trials
        A row for each trial, in their order: the parameters that were varied, ``score`` (mean over the folds that
        were fitted), ``folds`` (how many were), ``state`` (``"complete"``; ``"stopped"`` because worse than the median
        after some folds; ``"failed"`` because training could not go on) and ``seconds``.
    importance
        How much of what distinguishes the best trials lies with each parameter, by PED-ANOVA (Watanabe et al. 2023,
        https://arxiv.org/abs/2304.10255); they sum to one. Empty as long as fewer than ten trials are complete.
    X, y
        The series that were searched with.
    """

    estimator: AttentionClassifier
    best_params: Mapping[str, Any]
    best_score: float
    metric: str
    trials: pd.DataFrame
    importance: pd.Series
    X: Any = field(repr=False)
    y: Any = field(repr=False)

    @property
    def ranking(self) -> pd.DataFrame:
        """The complete trials, best first; trial 0 is the estimator as it was given."""
        complete = self.trials[self.trials["state"] == "complete"]
        return complete.sort_values("score", ascending=not METRICS[self.metric].more_is_better, kind="stable")

    def refit(self) -> AttentionClassifier:
        """Return the best estimator, fitted on all cases of the search."""
        fitted: AttentionClassifier = clone(self.estimator).fit(self.X, self.y)
        return fitted


def search_of(study: Any, plan: Plan, *, metric: str, X: Any, y: Any) -> Search:
    """Return what a study came to.

    Raises
    ------
    TrainingError
        If no trial is complete.
    """
    ended = finished(study)
    complete = [trial for trial in ended if trial.state.name == "COMPLETE"]
    if not complete:
        raise TrainingError(
            f"none of {len(ended)} trials could be completed; vary less, above all lower the learning rates"
        )
    best = sorted(complete, key=lambda trial: trial.value, reverse=plan.metric.more_is_better)[0]
    params = decoded(plan.space, best.params)
    return Search(
        estimator=clone(plan.estimator).set_params(**params),
        best_params=params,
        best_score=best.value,
        metric=metric,
        trials=_table(ended, plan),
        importance=_importance(study) if len(complete) >= TRIALS_FOR_IMPORTANCE else pd.Series(dtype=float),
        X=X,
        y=y,
    )


def _table(trials: list[Any], plan: Plan) -> pd.DataFrame:
    rows = [
        {
            **decoded(plan.space, trial.params),
            "score": trial.intermediate_values.get(trial.last_step, float("nan")),
            "folds": len(trial.intermediate_values),
            "state": STATES[trial.state.name],
            "seconds": trial.duration.total_seconds(),
        }
        for trial in trials
    ]
    return pd.DataFrame(rows).rename_axis("trial")


def _importance(study: Any) -> pd.Series:
    package = optuna().importance
    shares = package.get_param_importances(study, evaluator=package.PedAnovaImportanceEvaluator())
    return pd.Series(shares, dtype=float, name="importance").rename_axis("parameter")
