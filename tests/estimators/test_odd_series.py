"""Series as people bring them: constant, short, with hardly a value, of many channels, of other lengths."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from attime import AttentionClassifier
from attime.errors import DataWarning
from attime.estimators.recipes import RECIPES

QUICK = {"max_epochs": 1, "local": 0, "complete": 0}
Y = np.arange(24) % 3


def noise(n_channels=2, n_steps=20, *, n_cases=24, seed=0) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=(n_cases, n_channels, n_steps)).astype(np.float32)
    return values + (np.arange(n_cases) % 3)[:, None, None]


def fit(X, network="default", y=Y) -> AttentionClassifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return AttentionClassifier(network, training=QUICK, random_state=0).fit(X, y)


def check(clf: AttentionClassifier, X) -> None:
    """Assert that there are probabilities, and evidence that adds up and lies where there are values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        probabilities, logits, evidence = clf.predict_proba(X), clf.logits(X), clf.evidence(X)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(evidence.sum((2, 3)) + clf.bias_, logits, atol=1e-5 * (1 + np.abs(logits).max()))


def constant_channel(X):
    X[:, 1] = 0.3
    return X


def one_step_of_data(X):
    X[3, :, 1:] = np.nan
    X[4, :, :-1] = np.nan
    return X


def channel_missing_in_a_case(X):
    X[5, 0] = np.nan
    return X


def channel_missing_in_all_cases(X):
    X[:, 0] = np.nan
    return X


def gaps(X):
    X[np.random.default_rng(1).random(X.shape) < 0.2] = np.nan
    return X


def large(X):
    return X * 1e6 + 1e9


ODD = [constant_channel, one_step_of_data, channel_missing_in_a_case, channel_missing_in_all_cases, gaps, large]


@pytest.mark.parametrize("network", RECIPES)
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__)
def test_odd_series_are_learnt_from_and_told(odd, network):
    X = odd(noise())
    check(fit(X, network), X)


@pytest.mark.parametrize("network", RECIPES)
@pytest.mark.parametrize(("n_channels", "n_steps"), [(1, 2), (1, 3), (30, 2), (30, 20)])
def test_short_series_and_many_channels(n_channels, n_steps, network):
    X = noise(n_channels, n_steps)
    check(fit(X, network), X)


@pytest.mark.parametrize("network", RECIPES)
@pytest.mark.parametrize("n_steps", [3, 20, 57])
def test_series_of_other_lengths_than_in_fit(n_steps, network):
    check(fit(noise(), network), noise(n_steps=n_steps, seed=1))


@pytest.mark.parametrize("network", RECIPES)
@pytest.mark.parametrize("padding", [1, 33])
def test_padding_changes_nothing(padding, network):
    X = gaps(noise())
    X[::2, :, 15:] = np.nan
    padded = np.concatenate([X, np.full((24, 2, padding), np.nan, np.float32)], axis=2)
    clf = fit(X, network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        np.testing.assert_allclose(clf.logits(padded), clf.logits(X), atol=1e-5)
        np.testing.assert_allclose(clf.evidence(padded)[..., :20], clf.evidence(X), atol=1e-5)
        assert not clf.evidence(padded)[..., 20:].any()


@pytest.mark.parametrize("network", ["default", "dictionary", "convolutional"])
def test_a_class_of_one_case_is_learnt(network):
    X, y = noise(), np.zeros(24, int)
    y[7], X[7] = 1, X[7] + 9
    clf = fit(X, network, y)
    check(clf, X)
    if network != "convolutional":  # one epoch teaches little
        assert clf.predict(X)[7] == 1


@pytest.mark.parametrize("network", ["default", "convolutional"])
@pytest.mark.parametrize("n_cases", [2, 3])
def test_two_cases_are_enough(network, n_cases):
    X = noise(n_cases=n_cases)
    check(fit(X, network, np.arange(n_cases)), X)


@pytest.mark.parametrize("network", ["default", "dictionary"])
def test_half_the_digits_on_request(network):
    X = noise()
    clf = AttentionClassifier(network, training={**QUICK, "precision": "bf16"}, random_state=0).fit(X, Y)
    check(clf, X)
