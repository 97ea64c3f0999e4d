"""Dictionaries: what a fit claims of cases is what the module says of them, whatever is missing, in any order."""

import numpy as np
import pytest
import torch

from attime.nn.dictionary import FAMILIES, Asked
from attime.nn.networks import Dictionary
from attime.training import Cases, fit_dictionary
from attime.training.dictionary import _features
from attime.training.ridge import ridge_classifier


def noise(n_cases=30, *, n_channels=2, n_steps=64, strength=0.35, seed=0):
    """Return series of two classes, drawn in turn, that differ in level from step 20 to 40."""
    rng = np.random.default_rng(seed)
    classes = np.arange(n_cases) % 2
    values = rng.normal(size=(n_cases, n_channels, n_steps))
    values[:, :, 20:40] += strength * (2 * classes - 1)[:, None, None]
    return values, classes


def with_blocks_missing(values, seed=1):
    """Return the series with 16 steps in a row missing in each."""
    rng, found = np.random.default_rng(seed), values.copy()
    for case, start in enumerate(rng.integers(values.shape[2] - 16, size=len(values))):
        found[case, :, start : start + 16] = np.nan
    return found


def fitted(values, classes, **options):
    module = Dictionary(**options).build(n_channels=values.shape[1], n_classes=2, n_steps=values.shape[2])
    left_out, history = fit_dictionary(module, Cases.of(values, classes), progress=False)
    return module, left_out, float(history.validation_loss[0])


def told(module, values, classes):
    cases = Cases.of(values, classes)
    with torch.no_grad():
        logits = module(cases.values, cases.observed).prediction
    loss = torch.nn.functional.cross_entropy(logits, cases.targets).item()
    return loss, (logits.argmax(1) == cases.targets).float().mean().item()


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_module_says_what_the_regression_says_also_where_stretches_are_missing(family):
    values, classes = noise()
    values = with_blocks_missing(values)
    values[:10, 1] = np.nan
    cases = Cases.of(values, classes)
    module = Dictionary(families=(family,), n_dilations=2).build(n_channels=2, n_classes=2, n_steps=64)
    module.learn(cases.values, cases.observed)
    [plan] = module.families
    features = _features(module, plan, cases)
    fit = ridge_classifier(features, cases.targets, 2)
    plan.put(fit.weights, fit.mean)
    expected = (features - fit.mean) @ fit.weights
    found = plan.logits(Asked.of(cases.values, cases.observed))
    torch.testing.assert_close(
        found - found.mean(1, keepdim=True), expected - expected.mean(1, keepdim=True), atol=1e-4, rtol=1e-3
    )


def test_what_is_expected_of_new_cases_is_what_they_get_where_stretches_are_missing():
    learnt, new = noise(80, seed=10), noise(600, seed=99)
    module, _, expected = fitted(with_blocks_missing(learnt[0]), learnt[1], families=("levels", "values_by_16th"))
    loss, accuracy = told(module, with_blocks_missing(new[0], seed=2), new[1])
    assert loss < expected + 0.1
    assert accuracy > 0.8


def test_one_case_unlike_the_others_does_not_decide_where_levels_lie():
    values, classes = noise(40, n_channels=6, n_steps=3000, strength=0.5)
    values[0] /= 30
    module, _, _ = fitted(values, classes, families=("levels",), n_dilations=2)
    deviation = next(iter(module.families[0].codebooks)).deviation
    assert (deviation > 3).all()  # of the answers to noise of deviation 1 it is √(6 · 1² + 3 · 2²) = 4.2


@pytest.mark.parametrize("n_cases", [60, 1602])
def test_the_order_of_the_cases_makes_no_difference_to_speak_of(n_cases):
    values, classes = noise(n_cases, n_channels=1, n_steps=24)
    new, _ = noise(50, n_channels=1, n_steps=24, seed=7)
    order = np.random.default_rng(0).permutation(n_cases)
    one, other = (fitted(values[which], classes[which], families=("values",))[0] for which in (slice(None), order))
    cases = Cases.of(new)
    with torch.no_grad():
        pair = [torch.softmax(module(cases.values, cases.observed).prediction, 1) for module in (one, other)]
    assert (pair[0] - pair[1]).abs().max() < 0.1
