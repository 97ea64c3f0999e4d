"""aeon takes our estimators for its own: its checks, and what they do not ask."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from attime.estimators import AttentionClassifier, AttentionRegressor

pytest.importorskip("aeon", reason="the extra 'aeon' is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # whatever aeon, numba and pandas think of each other

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aeon.testing.estimator_checking import parametrize_with_checks

    from attime.adapters.aeon import AeonAttentionClassifier, AeonAttentionRegressor

QUICK = {"max_epochs": 3, "local": 0, "complete": 0}
X = np.random.default_rng(0).normal(size=(12, 2, 20))
y = np.tile(["a", "b"], 6)


@parametrize_with_checks([AeonAttentionClassifier, AeonAttentionRegressor], use_first_parameter_set=True)
def test_aeons_checks(check):
    check()


def test_it_predicts_what_the_estimator_inside_predicts():
    inside = AttentionClassifier(training=QUICK)
    adapter = AeonAttentionClassifier(inside, random_state=3).fit(X, y)
    expected = clone(inside).set_params(random_state=3).fit(X, y)
    np.testing.assert_array_equal(adapter.predict_proba(X), expected.predict_proba(X))
    assert adapter.predict(X).tolist() == expected.predict(X).tolist()
    np.testing.assert_array_equal(adapter.estimator_.evidence(X), expected.evidence(X))
    assert not hasattr(inside, "module_")


def test_parameters_inside_can_be_set():
    adapter = AeonAttentionClassifier(AttentionClassifier(training=QUICK)).set_params(estimator__scaling="case")
    assert adapter.fit(X, y).estimator_.scaling_ == "case"


def test_unequal_lengths_and_missing_values_arrive():
    cut = [case[:, : 10 + number % 10].copy() for number, case in enumerate(X)]
    cut[3][0, 4] = np.nan
    adapter = AeonAttentionClassifier(AttentionClassifier(training=QUICK), random_state=0).fit(cut, y)
    assert (adapter.estimator_.equal_lengths_, adapter.estimator_.has_gaps_) == (False, True)


def test_a_regressor_predicts_numbers():
    adapter = AeonAttentionRegressor(AttentionRegressor(training=QUICK)).fit(X, X.mean((1, 2)))
    assert adapter.predict(X).dtype.kind == "f"
