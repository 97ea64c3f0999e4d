"""What a search promises: honest scores, repeatability, and that nothing is lost when it is interrupted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold

from attime import AttentionClassifier, AttentionRegressor, SeriesSet
from attime.errors import AttimeError, DataError, OptionError, TrainingError
from attime.nn import Convolutional, Dictionary, Recurrent, Transformer
from attime.tuning import METRICS, SPACES, Between, tune
from attime.tuning.folds import Folds

N_TRIALS = 8


@pytest.fixture(scope="module")
def found(search):
    return search(n_trials=N_TRIALS)


def without_seconds(trials: pd.DataFrame) -> pd.DataFrame:
    return trials.drop(columns="seconds")


class TestResult:
    def test_there_is_a_row_for_each_trial(self, found):
        assert len(found.trials) == N_TRIALS
        assert set(found.trials["state"]) <= {"complete", "stopped", "failed"}

    def test_the_first_trial_is_the_estimator_as_it_was_given(self, found, small):
        assert found.trials.at[0, "network__width"] == small.network.width
        assert found.trials.at[0, "network__dilations"] == small.network.dilations
        assert found.trials.at[0, "network__looks"] == small.network.looks

    def test_the_best_is_the_best_of_those_that_were_judged_on_all_folds(self, found):
        complete = found.trials[found.trials["state"] == "complete"]
        assert found.best_score == complete["score"].min() == found.ranking["score"].iloc[0]
        assert (complete["folds"] == 2).all()

    def test_the_best_parameters_are_in_the_estimator(self, found):
        params = found.estimator.get_params()
        assert {name: params[name] for name in found.best_params} == found.best_params
        assert isinstance(found.best_params["network__dilations"], tuple)

    def test_refitting_gives_a_fitted_classifier(self, found, levels):
        assert found.refit().predict_proba(levels).shape == (30, 2)

    def test_a_score_is_that_of_an_ordinary_cross_validation(self, found, levels):
        y = (levels.labels == "low").astype(int)
        parts = Folds.of(levels, 2, seed=0).parts
        assert sorted(np.concatenate([held_out for _, held_out in parts])) == list(range(30))
        seed = int(np.random.default_rng(0).integers(2**31))
        folds = StratifiedKFold(2, shuffle=True, random_state=seed).split(levels.values, y)
        losses = [
            log_loss(y[test], clone(found.estimator).fit(levels[train]).predict_proba(levels[test]), labels=[0, 1])
            for train, test in folds
        ]
        assert found.best_score == pytest.approx(np.mean(losses), abs=1e-9)

    @pytest.mark.parametrize("metric", METRICS)
    def test_every_metric_can_be_sought(self, metric, search):
        found = search(n_trials=2, metric=metric)
        worst = found.ranking["score"].iloc[-1]
        assert found.best_score >= worst if METRICS[metric].more_is_better else found.best_score <= worst

    def test_equal_seeds_give_equal_searches(self, found, search):
        pd.testing.assert_frame_equal(without_seconds(search(n_trials=N_TRIALS).trials), without_seconds(found.trials))

    def test_other_seeds_give_other_searches(self, found, search):
        other = search(n_trials=3, random_state=1).trials
        assert not without_seconds(other).equals(without_seconds(found.trials.head(3)))

    def test_the_estimator_is_left_as_it_was(self, search, small):
        before = repr(small)
        search(n_trials=1)
        assert repr(small) == before
        assert not hasattr(small, "module_")


class TestStopping:
    def test_what_is_behind_the_median_is_not_judged_on_all_folds(self, levels, small):
        space = {"training__learning_rate": Between(1e-7, 3e-1, log=True)}
        trials = tune(levels, estimator=small, space=space, n_folds=3, n_trials=20).trials
        stopped = trials[trials["state"] == "stopped"]
        assert len(stopped) > 0
        assert (stopped["folds"] < 3).all()

    def test_nothing_is_stopped_before_there_is_something_to_compare_with(self, found):
        assert (found.trials["state"].head(5) == "complete").all()

    def test_a_trial_whose_loss_explodes_is_not_the_end(self, search):
        space = {"training__learning_rate": [1e-2, 1e30], "training__clip_norm": [None]}
        trials = search(space=space, n_trials=6).trials
        assert set(trials["state"]) == {"complete", "failed"}

    def test_but_all_of_them_are(self, search, small):
        estimator = clone(small).set_params(training={"learning_rate": 1e30, "clip_norm": None, "max_epochs": 3})
        with pytest.raises(TrainingError, match="none of 2 trials could be completed"):
            search(estimator=estimator, space={"network__width": [4, 8]}, n_trials=2)


@pytest.mark.parametrize(
    "network",
    [Convolutional(width=4), Dictionary(), Recurrent(hidden=4), Transformer(d_model=32)],
    ids=lambda kind: type(kind).__name__,
)
def test_every_usual_space_can_be_drawn_from(network, levels):
    found = tune(levels, estimator=AttentionClassifier(network, training={"max_epochs": 1}), n_folds=2, n_trials=3)
    assert set(found.best_params) == set(SPACES[type(network).__name__])


def test_in_place_of_the_default_its_network_is_searched(levels):
    quick = AttentionClassifier(training={"max_epochs": 1, "local": 0, "complete": 0})
    found = tune(levels, estimator=quick, n_folds=2, n_trials=1)
    assert isinstance(found.estimator.network, Convolutional)
    assert set(found.best_params) == set(SPACES["Convolutional"])


def test_the_metrics_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, shares = np.repeat([0, 1, 2], [20, 9, 3]), rng.dirichlet([1, 1, 1], size=32)
    expected = {
        "log_loss": log_loss(truth, shares),
        "accuracy": accuracy_score(truth, shares.argmax(1)),
        "balanced_accuracy": balanced_accuracy_score(truth, shares.argmax(1)),
    }
    assert {name: metric.measure(truth, shares) for name, metric in METRICS.items()} == pytest.approx(expected)


def test_every_importance_is_a_share(search):
    shares = search(n_trials=14).importance
    assert shares.sum() == pytest.approx(1) or len(shares) == 0


def test_a_class_with_fewer_cases_than_folds_is_judged_all_the_same(levels, search, small):
    series = SeriesSet.of(levels.values, np.where(np.arange(30) < 2, "rare", levels.labels))
    assert np.isfinite(tune(series, estimator=small, space={"network__width": [2, 4]}, n_trials=1).best_score)


def test_arrays_are_as_good_as_a_set_of_series(found, levels, small):
    again = tune(levels.values, levels.labels, estimator=small, space={"network__width": [2, 4]}, n_folds=2, n_trials=2)
    assert again.refit().n_channels_ == 1


BAD_OPTIONS = {
    "metric": ({"metric": "acuracy"}, "metric 'acuracy' is unknown.*did you mean 'accuracy'"),
    "no trials": ({"n_trials": 0}, "n_trials=0 arrived, expected a whole number of at least 1"),
    "one fold": ({"n_folds": 1}, "n_folds=1 arrived, expected at least 2"),
    "seed": ({"random_state": -1}, "random_state=-1 arrived"),
    "empty space": ({"space": {}}, "the space {} arrived"),
    "no space": ({"space": ["scaling"]}, r"the space \['scaling'\] arrived"),
    "unknown parameter": ({"space": {"network__widht": [2, 4]}}, "did you mean 'network__width'"),
    "no choices": ({"space": {"network__width": []}}, r"network__width is to vary over \[\]"),
    "a number for a range": ({"space": {"network__width": 8}}, "network__width is to vary over 8"),
    "value out of range": ({"space": {"network__width": [0]}}, "Convolutional.width is 0"),
    "no classifier": (
        {"estimator": AttentionRegressor()},
        r"type AttentionRegressor arrived, expected an AttentionClassifier\(…\), .*; vary .* with .* GridSearchCV",
    ),
    "unknown network": ({"estimator": AttentionClassifier("defualt")}, "did you mean 'default'"),
}


@pytest.mark.parametrize("name", BAD_OPTIONS)
def test_a_bad_option_is_named(name, search):
    options, message = BAD_OPTIONS[name]
    with pytest.raises(OptionError, match=message):
        search(**{"n_trials": 1, **options})


def test_an_estimator_that_cannot_be_judged_is_refused_before_it_is_fitted(search, monkeypatch):
    monkeypatch.setattr(AttentionRegressor, "fit", None)
    with pytest.raises(OptionError, match="expected an AttentionClassifier"):
        search(estimator=AttentionRegressor(), n_trials=1)


@pytest.mark.parametrize(
    "ends", [(4, 4), (8, 4), ("a", "b"), (0, 1, True), (1, float("inf")), (float("nan"), 1)], ids=str
)
def test_a_range_without_room_is_refused(ends):
    with pytest.raises(OptionError, match="Between"):
        Between(*ends)


class TestBadData:
    def test_no_labels(self, levels, small):
        with pytest.raises(DataError, match="without labels"):
            tune(levels.values, estimator=small)

    def test_a_class_of_one_case(self, levels, small):
        labels = np.where(np.arange(30) == 3, "odd", levels.labels)
        with pytest.raises(DataError, match="class 'odd' has one case"):
            tune(levels.values, labels, estimator=small)

    def test_numbers_are_no_classes(self, levels, small):
        with pytest.raises(DataError, match=r"the labels are no classes: .*attime fit --task regression"):
            tune(levels.values, np.linspace(-8.6, 2, 30), estimator=small)

    def test_more_folds_than_cases(self, search):
        with pytest.raises(DataError, match="16 folds were asked for, but no class has more than 15 cases"):
            search(n_folds=16)

    def test_one_class(self, levels, small):
        with pytest.raises(AttimeError, match="only one class"):
            tune(levels.values, ["a"] * 30, estimator=small, n_trials=1)


def test_without_optuna_it_says_what_to_install(monkeypatch, search):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ImportError, match=r"pip install 'attime\[tune\]'"):
        search(n_trials=1)
