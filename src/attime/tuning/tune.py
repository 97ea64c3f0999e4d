"""`tune`: look for better parameters by trials, each judged by cross-validation within the cases at hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from numbers import Integral
from typing import Literal

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone

from attime.data import SeriesSet
from attime.data.split import generator_of
from attime.errors import OptionError
from attime.estimators import AttentionClassifier
from attime.estimators.parameters import checked_count
from attime.estimators.recipes import recipe_of
from attime.estimators.targets import check_classes
from attime.names import pick
from attime.tuning.folds import Folds
from attime.tuning.metrics import METRICS
from attime.tuning.plan import Judging, Plan, in_turn, run_trials
from attime.tuning.search import Search, search_of
from attime.tuning.space import SPACES, Range, checked_space
from attime.tuning.study import open_study, optuna, quiet


def tune(
    X: ArrayLike | pd.DataFrame | SeriesSet,
    y: ArrayLike | None = None,
    *,
    estimator: AttentionClassifier | None = None,
    space: Mapping[str, Range] | None = None,
    metric: str = "log_loss",
    n_trials: int = 30,
    n_folds: int = 3,
    study: str | os.PathLike[str] | None = None,
    parallel: int = 1,
    judging: Judging = in_turn,
    random_state: int = 0,
    progress: bool | Literal["auto"] = "auto",
) -> Search:
    """Look for parameters with which a classifier predicts unseen cases better.

    The first trial takes the estimator's own parameters, where the space holds them; each further one is proposed by
    TPE (Bergstra et al. 2011), a model of which parameters did well. A trial is fitted and judged fold by fold, and
    stopped as soon as its mean is worse than the median of the complete trials after as many folds. Only the cases
    given take part: keep those back by which you want to judge the result.

    Parameters
    ----------
    X, y
        Series and their classes, in any form that ``AttentionClassifier.fit`` takes.
    estimator
        Where to start, and what all parameters that are not varied come from; ``AttentionClassifier()`` if not given.
        The network ``"default"`` chooses for itself and has nothing to vary: in its place the network that it may
        train, ``Convolutional()``, is searched, alone and from the first trial on.
    space
        What to vary: a range for each parameter by the name that ``set_params`` knows it by, such as
        ``{"network__width": Between(16, 64), "scaling": ["case", "both"]}``. What suits the kind of network
        (``SPACES``) if not given.
    metric
        ``"log_loss"``, ``"accuracy"`` or ``"balanced_accuracy"``.
    n_trials
        Trials in all, those that the study has already included.
    n_folds
        Folds of the cross-validation.
    study
        A file that keeps every trial as soon as it is over. The same call with the same file goes on where the last
        one was interrupted, and ends with what it would have come to.
    parallel
        Trials of a round, which are drawn, and stopped, by what was known before it, and so can be judged at the same
        time. Which trials are made depends on it, and not on what judges them.
    judging
        What judges the trials of a round: by default each after the other; ``attime.engines.at_once`` on the machines
        of a Ray cluster.
    random_state
        Seed of the folds, of what is tried, and of the fits if the estimator has none.
    progress
        Draw a progress bar over all folds of all trials: True, False or ``"auto"`` (only in a terminal).

    Returns
    -------
    Search

    Raises
    ------
    MissingExtraError
        If Optuna is not installed.
    DataError
        If series or labels cannot be used, or the file holds something else than a study of the same search.
    OptionError
        If an option or a parameter in the space is unknown or out of range, or the estimator is no classifier.
    TrainingError
        If not one trial could be completed.

    Examples
    --------
    >>> from attime import make_sine, SineConfig
    >>> search = tune(make_sine(SineConfig(n_series=60, n_steps=40)), n_trials=30)  # doctest: +SKIP
    >>> search.best_params["network__width"], search.refit()  # doctest: +SKIP
    """
    optuna()  # before any work: is it there at all?
    n_trials = checked_count(n_trials, "n_trials")
    parallel = checked_count(parallel, "parallel")
    if checked_count(n_folds, "n_folds") < 2:
        raise OptionError("n_folds=1 arrived, expected at least 2, because a fold is judged by what the others teach")
    seed = int(generator_of(random_state).integers(2**31))
    start = _start(AttentionClassifier() if estimator is None else estimator, seed)
    plan = Plan(
        estimator=start,
        space=checked_space(_usual_space(start) if space is None else space, start.get_params()),
        folds=Folds.of(_with_classes(X, y), n_folds, seed=seed),
        metric=pick(METRICS, metric, what="metric"),
        seed=seed,
    )
    made_for = {"metric": metric, "n_folds": str(n_folds), "random_state": str(random_state), **plan.in_words()}
    with quiet():
        kept = open_study(study, more_is_better=plan.metric.more_is_better, made_for=made_for)
        run_trials(kept, plan, n_trials, parallel=parallel, judging=judging, progress=progress)
        return search_of(kept, plan, metric=metric, X=X, y=y)


def _with_classes(X: ArrayLike | pd.DataFrame | SeriesSet, y: ArrayLike | None) -> SeriesSet:
    """Return the series, and refuse numbers as such before each is counted as a class of its own."""
    series = SeriesSet.of(X, y)
    if series.labels is not None:
        check_classes(series.labels, series.from_where)
    return series


def _start(estimator: AttentionClassifier, seed: int) -> AttentionClassifier:
    """Return the same estimator with names written out, so that what is in them can be varied, and with a seed."""
    if not isinstance(estimator, AttentionClassifier):
        raise OptionError(
            f"an estimator of type {type(estimator).__name__} arrived, expected an AttentionClassifier(…), because "
            "trials are judged by probabilities of classes; vary the parameters of others with scikit-learn's "
            "GridSearchCV"
        )
    recipe = recipe_of(estimator.network, scaling=estimator.scaling, training=estimator.training)
    start: AttentionClassifier = clone(estimator)
    start.set_params(network=recipe.network, scaling=recipe.scaling, training=recipe.training)
    return start if isinstance(start.random_state, Integral) else start.set_params(random_state=seed)


def _usual_space(start: AttentionClassifier) -> Mapping[str, Range]:
    return pick(SPACES, type(start.network).__name__, what="without space=…, the network")
