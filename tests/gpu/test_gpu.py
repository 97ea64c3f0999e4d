"""On a graphics card everything says what it says on the processor: predictions, evidence, explanations, files.

These tests run wherever a card is found. ``ATTIME_DEVICE=cpu`` runs them without one, which shows that they are right.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
import torch

from attime import (
    AttentionClassifier,
    AttentionDetector,
    AttentionForecaster,
    AttentionRegressor,
    SineConfig,
    make_sine,
)
from attime.estimators.recipes import RECIPES
from attime.explain import explain
from attime.explain.methods import METHODS
from attime.nn.networks.detection import RECONSTRUCTORS
from attime.nn.networks.forecasting import FORECASTERS

DEVICE = os.environ.get("ATTIME_DEVICE", "cuda")
TRAINED = sorted(set(RECIPES) - {"dictionary", "default"})  # by gradients alone
EXPLAINED = [
    (method, network)
    for method in sorted(set(METHODS) - {"captum"})  # a library of its own, which has its own tests
    for network in TRAINED
    if method != "rollout" or network == "transformer"
]

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(DEVICE == "cuda" and not torch.cuda.is_available(), reason="there is no graphics card"),
]


@pytest.fixture(scope="module")
def series():
    made = make_sine(SineConfig(n_series=160, n_steps=48))
    values = made.values.copy()
    values[::3, :, 5:9] = np.nan
    return type(made).of(values, made.labels)


def close(found, expected, size=1e-3):
    """Sums of 32 bits in another order, over a whole network."""
    np.testing.assert_allclose(found, expected, atol=size * max(1.0, float(np.abs(expected).max())))


def fitted(series, network, **training):
    options = {"max_epochs": 2, "device": DEVICE, **training}
    return AttentionClassifier(network, training=options, random_state=0).fit(series)


@pytest.mark.parametrize("network", sorted(RECIPES))
def test_a_classifier_says_the_same_on_both(network, series, tmp_path):
    clf = fitted(series, network)
    clf.save(tmp_path / "model.attime")
    logits, evidence, attention = clf.logits(series), clf.evidence(series), clf.attention(series)
    clf.module_.cpu()
    close(logits, clf.logits(series))
    close(evidence, clf.evidence(series))
    close(attention, clf.attention(series))
    close(AttentionClassifier.load(tmp_path / "model.attime").logits(series), clf.logits(series))
    close(evidence.sum((2, 3)) + clf.bias_, logits)


@pytest.mark.parametrize(("method", "network"), EXPLAINED)
def test_every_method_explains_the_same_on_both(method, network, series):
    clf = fitted(series, network)
    some = series[:6]
    found = explain(clf, some, method=method, random_state=0).relevance
    clf.module_.cpu()
    close(found, explain(clf, some, method=method, random_state=0).relevance)


@pytest.mark.parametrize("network", TRAINED)
def test_a_fit_on_a_card_is_repeated_exactly(network, series):
    one, other = fitted(series, network), fitted(series, network)
    close(one.logits(series), other.logits(series), size=1e-5)


@pytest.mark.parametrize("network", TRAINED)
def test_half_precision_learns_about_the_same(network, series):
    losses = [fitted(series, network, max_epochs=4, precision=name).history_.train_loss for name in ("fp32", "bf16")]
    assert np.isfinite(losses[1]).all()
    np.testing.assert_allclose(losses[1], losses[0], rtol=0.2, atol=0.05)


def test_a_regressor_says_the_same_on_both(series):
    numbers = np.nanmax(series.values, axis=(1, 2))
    model = AttentionRegressor(training={"max_epochs": 2, "device": DEVICE}, random_state=0).fit(series.values, numbers)
    found = model.predict(series.values)
    model.module_.cpu()
    close(found, model.predict(series.values))


@pytest.mark.parametrize("network", sorted(FORECASTERS))
def test_a_forecaster_says_the_same_on_both(network):
    steps = np.arange(300)
    values = np.sin(steps / 5) + 0.1 * np.random.default_rng(0).normal(size=300)
    frame = pd.DataFrame({"ds": steps, "y": values})
    model = AttentionForecaster(6, network=network, look_back=24, training={"max_epochs": 1, "device": DEVICE})
    model.fit(frame)
    found = model.predict().iloc[:, 2:].to_numpy(float)
    model.module_.cpu()
    close(found, model.predict().iloc[:, 2:].to_numpy(float))


@pytest.mark.parametrize("model", sorted(RECONSTRUCTORS))
def test_a_detector_says_the_same_on_both(model):
    steps = np.arange(600)
    values = np.stack([np.sin(steps / 8), np.cos(steps / 11)], axis=1)
    values += 0.1 * np.random.default_rng(0).normal(size=values.shape)
    detector = AttentionDetector(model, window=32, training={"max_epochs": 1, "device": DEVICE}, random_state=0)
    detector.fit(values[:400])
    found = detector.score_samples(values[400:])
    detector.module_.cpu()
    close(found, detector.score_samples(values[400:]))


def test_compiled_training_goes_the_same_way(series):
    plain, other = (fitted(series, "convolutional", learning_rate=1e-3, compiled=wanted) for wanted in (False, True))
    close(other.logits(series), plain.logits(series), size=1e-2)
