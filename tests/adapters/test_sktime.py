"""sktime takes our classifier for its own: its checks, and what they do not ask."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from attime import AttentionClassifier

pytest.importorskip("sktime", reason="the extra 'sktime' is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # whatever sktime and pandas think of each other

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sktime.utils.estimator_checks import check_estimator

    from attime.adapters.sktime import SktimeAttentionClassifier

QUICK = {"max_epochs": 3, "local": 0, "complete": 0}
X = np.random.default_rng(0).normal(size=(12, 2, 20))
y = np.tile(["a", "b"], 6)


@pytest.mark.slow
def test_sktimes_checks():
    check_estimator(SktimeAttentionClassifier, raise_exceptions=True, verbose=False)


def test_it_predicts_what_the_estimator_inside_predicts():
    inside = AttentionClassifier(training=QUICK)
    adapter = SktimeAttentionClassifier(inside, random_state=3).fit(X, y)
    expected = clone(inside).set_params(random_state=3).fit(X, y)
    np.testing.assert_array_equal(adapter.predict_proba(X), expected.predict_proba(X))
    assert adapter.predict(X).tolist() == expected.predict(X).tolist()
    np.testing.assert_array_equal(adapter.estimator_.evidence(X), expected.evidence(X))
    assert not hasattr(inside, "module_")


def test_parameters_inside_can_be_set():
    adapter = SktimeAttentionClassifier(AttentionClassifier(training=QUICK)).set_params(estimator__scaling="case")
    assert adapter.fit(X, y).estimator_.scaling_ == "case"


def test_unequal_lengths_and_missing_values_arrive():
    frames = [pd.DataFrame(case[:, : 10 + number % 10].T.copy()) for number, case in enumerate(X)]
    frames[3].iloc[4, 0] = np.nan
    adapter = SktimeAttentionClassifier(AttentionClassifier(training=QUICK), random_state=0).fit(frames, y)
    assert (adapter.estimator_.equal_lengths_, adapter.estimator_.has_gaps_) == (False, True)
