"""scikit-learn's own checks, and the ways in which scikit-learn's tools handle an estimator."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import check_methods_subset_invariance, parametrize_with_checks

from attime import AttentionClassifier, AttentionRegressor, TrainingOptions
from attime.nn import Convolutional, Recurrent

QUICK = {"max_epochs": 10}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        AttentionClassifier(),
        AttentionClassifier(quality="fast"),
        AttentionClassifier(
            "convolutional", training={"max_epochs": 30, "local": 0, "complete": 0}
        ),  # as quick as can be
        AttentionRegressor(training={"max_epochs": 30, "local": 0, "complete": 0}),
    ]
)
def test_scikit_learns_checks(estimator, check):
    if check.func is check_methods_subset_invariance and isinstance(estimator, AttentionRegressor):
        pytest.skip("wants numbers equal to 1e-7, which is less than sums in float32 hold; the next test asks the same")
    check(estimator)


def test_a_regressor_says_the_same_of_a_case_alone(bumps):
    model = AttentionRegressor(training=QUICK, random_state=0).fit(bumps)
    alone = np.concatenate([model.predict(bumps[case : case + 1]) for case in range(10)])
    np.testing.assert_allclose(alone, model.predict(bumps)[:10], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [
        kind(Recurrent(hidden=4), training={"max_epochs": 25, "learning_rate": 0.03}, scaling="training")
        for kind in (AttentionClassifier, AttentionRegressor)
    ]
)
def test_scikit_learns_checks_with_another_network(estimator, check):
    check(estimator)


def test_clone_copies_every_parameter():
    original = AttentionClassifier(Convolutional(width=8), training=TrainingOptions(max_epochs=3), scaling="training")
    copy = clone(original)
    assert copy.get_params() == original.get_params()
    assert copy.network is not original.network


def test_parameters_inside_a_network_can_be_set():
    clf = AttentionClassifier(Convolutional(), training=TrainingOptions())
    clf.set_params(network__width=8, training__max_epochs=2)
    assert (clf.network.width, clf.training.max_epochs) == (8, 2)
    assert clf.get_params()["network__width"] == 8


def test_grid_search_reaches_into_the_network(waves):
    clf = AttentionClassifier(Convolutional(), training=QUICK, random_state=0)
    search = GridSearchCV(clf, {"network__width": [4, 8]}, cv=2).fit(waves.values, waves.labels)
    assert search.best_params_["network__width"] in {4, 8}
    assert search.best_estimator_.module_.encoder.width == search.best_params_["network__width"]


def test_cross_validation_works_on_three_dimensions(waves):
    clf = AttentionClassifier(training=QUICK, random_state=0)
    assert cross_val_score(clf, waves.values, waves.labels, cv=2).mean() > 0.6


QUICKEST = {"max_epochs": 1, "local": 0, "complete": 0}
BOTH = {
    "classifier": AttentionClassifier(Convolutional(), training=QUICKEST, random_state=0),
    "regressor": AttentionRegressor(Convolutional(), training=QUICKEST, random_state=0),
}


@pytest.fixture(params=BOTH)
def kind(request):
    return request.param


@pytest.fixture
def table(kind, waves, bumps):
    """Return a data frame and what is to be learnt of each of its rows."""
    series = waves if kind == "classifier" else bumps
    return pd.DataFrame(series.values[:, 0], columns=[f"t{step}" for step in range(60)]), pd.Series(series.labels)


class TestBothKinds:
    def test_grid_search(self, kind, table):
        search = GridSearchCV(BOTH[kind], {"network__width": [4, 8]}, cv=2).fit(*table)
        assert search.best_estimator_.module_.encoder.width == search.best_params_["network__width"]
        assert search.predict(table[0]).shape == (120,)

    def test_cross_val_predict(self, kind, table):
        X, y = table
        found = cross_val_predict(BOTH[kind], X.to_numpy()[:, None], y, cv=2)
        assert found.shape == (120,)
        assert kind == "regressor" or set(found) <= set(y)

    def test_a_pipeline_of_frames(self, kind, table):
        X, y = table
        pipeline = make_pipeline(StandardScaler().set_output(transform="pandas"), BOTH[kind]).fit(X, y)
        assert pipeline.predict(X[:3]).shape == (3,)
        assert pipeline[-1].feature_names_in_.tolist() == list(X)
        assert np.isfinite(pipeline.score(X, y))

    def test_clone_and_pickle(self, kind, table):
        X, y = table
        fitted = clone(BOTH[kind]).fit(X, y)
        copy = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(copy.outcomes(X), fitted.outcomes(X))
        assert clone(fitted).get_params().keys() == fitted.get_params().keys()


def test_it_stands_in_a_pipeline(waves):
    pipeline = make_pipeline(FunctionTransformer(np.abs), AttentionClassifier(training=QUICK, random_state=0))
    assert pipeline.fit(waves.values[:, 0], waves.labels).predict(waves.values[:2, 0]).shape == (2,)


def test_a_pickled_classifier_predicts_the_same(fitted, waves):
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.predict_proba(waves), fitted.predict_proba(waves))


def test_fitting_does_not_change_the_options_of_a_recipe():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        AttentionClassifier(training={"max_epochs": 1}).fit(np.random.default_rng(0).normal(size=(6, 9)), [0, 1] * 3)
    assert (
        AttentionClassifier().fit(np.random.default_rng(0).normal(size=(6, 9)), [0, 1] * 3).training_.max_epochs is None
    )
