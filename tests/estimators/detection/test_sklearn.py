"""scikit-learn's own checks of every model, and what of them cannot hold for series."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from attime import AttentionDetector
from attime.estimators.detection import MODELS

from .conftest import SMALL

#: Checks that take rows for cases, where ours are steps of one series.
NEVER = {
    "check_methods_sample_order_invariance": "the order of rows is the order of time",
    "check_methods_subset_invariance": "a step is judged with those around it",
    "check_fit1d": "an array of one dimension is a series of one channel",
    "check_outliers_fit_predict": "fit_predict judges each part by the others, predict by all",
}
QUICKEST = {"max_epochs": 1, "batch_size": 256}
OF_REFERENCE = {"check_outliers_train": "of the series that was learnt from nothing is far from what was learnt"}
OF_FORECAST = {"check_outliers_train": "the first steps of a series cannot be forecast: they have no score"}


def cannot_hold(estimator):
    own = {"default": OF_REFERENCE, "nearest": OF_REFERENCE, "forecast": OF_FORECAST}
    return NEVER | own.get(str(estimator.model), {})


def checks_of(*names):
    return parametrize_with_checks(
        [AttentionDetector(SMALL[name], window=4, alarm_rate=100, adaptive=False, training=QUICKEST) for name in names],
        expected_failed_checks=cannot_hold,
    )


@pytest.mark.filterwarnings("ignore")
@checks_of("default", "nearest", "recurrent", "masked")
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@checks_of(*(name for name in MODELS if name not in ("default", "nearest", "recurrent", "masked")))
def test_scikit_learns_checks_of_slower_models(estimator, check):
    check(estimator)


def test_a_clone_has_every_parameter_and_nothing_learnt(fitted):
    copy = clone(fitted)
    assert copy.get_params().keys() == fitted.get_params().keys()
    assert not [name for name in vars(copy) if name.endswith("_")]


def test_parameters_inside_a_network_can_be_set(make_detector):
    detector = make_detector("variational").set_params(model__hidden=5, window=9)
    assert (detector.model.hidden, detector.window) == (5, 9)


def test_it_stands_in_a_pipeline(normal, later):
    found = make_pipeline(StandardScaler(), AttentionDetector(window=16)).fit(normal).predict(later)
    assert found.shape == (160,)
    assert set(found) == {-1, 1}


def test_a_pickled_detector_finds_the_same(fitted, later):
    copy = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(copy.score_samples(later), fitted.score_samples(later))
