"""Ridge regression in closed form: leaving a case out by formula is leaving it out."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from attime.training.ridge import STRENGTHS, ridge_classifier
from attime.training.stacking import smooth_loss


def draw(n_cases=20, n_features=6, n_classes=3, *, seed=0, signal=1.0):
    """Features in 64 bits, so that equality can be seen; classes 0, 1, 2, 0, 1, … lie `signal` apart."""
    generator = torch.Generator().manual_seed(seed)
    classes = torch.arange(n_cases) % n_classes
    features = torch.randn(n_cases, n_features, generator=generator, dtype=torch.float64)
    features[:, :n_classes] += signal * F.one_hot(classes, n_classes)
    return features, classes


def direct(features, classes, n_classes, penalty):
    """Return the weights, means and intercept of the textbook, with a penalty in the unit of the features."""
    mean, targets = features.mean(0), F.one_hot(classes, n_classes).double() * 2 - 1
    x = features - mean
    weights = torch.linalg.solve(x.T @ x + penalty * torch.eye(x.shape[1]), x.T @ (targets - targets.mean(0)))
    return weights, mean, targets.mean(0)


def penalty_of(features, strength):
    return strength * float((features - features.mean(0)).square().sum(1).mean())


def sharpness_of(found, classes, n_classes) -> float:
    """Return what the fit was multiplied by: its intercept is the mean of ±1."""
    targets = F.one_hot(classes, n_classes).double() * 2 - 1
    return float((found.intercept / targets.mean(0))[0])


def penalty_in(found, features, classes, n_classes) -> float:
    """Return λ of (XᵀX + λ) W = s Xᵀ(Y − Ȳ), where W is known and λ and the sharpness s are not."""
    x, targets = features - features.mean(0), F.one_hot(classes, n_classes).double() * 2 - 1
    columns = torch.stack([x.T @ (targets - targets.mean(0)), -found.weights], dim=-1).flatten(0, 1)
    sharpness, penalty = torch.linalg.lstsq(columns, (x.T @ x @ found.weights).flatten()).solution.tolist()
    assert sharpness > 0
    return penalty


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 20), st.integers(3, 30), st.sampled_from(STRENGTHS[3:]), st.integers(0, 99))
def test_leaving_out_by_formula_is_leaving_out(n_cases, n_features, strength, seed):
    features, classes = draw(n_cases, n_features, seed=seed)
    found = ridge_classifier(features, classes, 3, strengths=[strength])
    penalty, sharpness = penalty_of(features, strength), sharpness_of(found, classes, 3)
    for case in range(n_cases):
        rest = torch.arange(n_cases) != case
        weights, mean, intercept = direct(features[rest], classes[rest], 3, penalty)
        expected = ((features[case] - mean) @ weights + intercept) * sharpness
        torch.testing.assert_close(found.left_out[case], expected, atol=1e-6 * (1 + sharpness), rtol=1e-6)


@pytest.mark.parametrize("n_features", [4, 200])
def test_the_fit_is_the_textbooks(n_features):
    features, classes = draw(n_features=n_features)
    found = ridge_classifier(features, classes, 3, strengths=[0.1])
    weights, mean, intercept = direct(features, classes, 3, penalty_of(features, 0.1))
    sharpness = sharpness_of(found, classes, 3)
    torch.testing.assert_close(found.weights, weights * sharpness)
    torch.testing.assert_close(found.mean, mean)
    torch.testing.assert_close(found.intercept, intercept * sharpness)


@pytest.mark.parametrize("signal", [0.0, 1.0, 4.0])
def test_the_strength_is_the_one_that_tells_cases_left_out_best(signal):
    features, classes = draw(60, 100, signal=signal)
    chosen = smooth_loss(ridge_classifier(features, classes, 3).left_out, classes)
    others = [smooth_loss(ridge_classifier(features, classes, 3, strengths=[of]).left_out, classes) for of in STRENGTHS]
    assert chosen == pytest.approx(min(others), rel=1e-6)


def test_where_nothing_can_be_learnt_next_to_nothing_is_said():
    features, classes = draw(200, 50, signal=0.0)
    odds = ridge_classifier(features, classes, 3).left_out.softmax(1)
    assert float((odds - 1 / 3).abs().mean()) < 0.1


def test_the_only_case_of_a_class_is_not_left_out():
    features, classes = draw()
    classes[classes == 2] = 0
    classes[7], features[7] = 2, 9.0
    found = ridge_classifier(features, classes, 3)
    assert torch.isfinite(found.left_out).all()
    assert found.left_out[7].argmax() == 2  # without it nothing would be known of its class
    torch.testing.assert_close(found.left_out[7], (features[7] - found.mean) @ found.weights + found.intercept)


@pytest.mark.parametrize("features", [torch.zeros(6, 3), torch.full((6, 3), 0.3)], ids=["zero", "constant"])
def test_features_that_say_nothing_are_worth_nothing(features):
    found = ridge_classifier(features, torch.tensor([0, 1] * 3), 2)
    assert torch.isfinite(found.left_out).all()
    torch.testing.assert_close((features - found.mean) @ found.weights, torch.zeros(6, 2), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("n_cases", "n_classes", "n_chosen", "signal"),
    [(200, 3, 80, 2.0), (1600, 2, 800, 1.0)],  # every other one of 0, 1, 0, 1, … would be of one class alone
)
def test_the_strength_chosen_by_some_of_many_cases_is_near_that_of_all(
    n_cases, n_classes, n_chosen, signal, monkeypatch
):
    features, classes = draw(n_cases, 100, n_classes, signal=signal)
    penalties = []
    for n_used in (n_chosen, n_cases):
        monkeypatch.setattr("attime.training.ridge.CASES_TO_CHOOSE_BY", n_used)
        found = ridge_classifier(features, classes, n_classes)
        assert found.left_out.shape == (n_cases, n_classes)
        penalties.append(penalty_in(found, features, classes, n_classes))
    some, everything = penalties
    assert penalty_of(features, STRENGTHS[2]) < everything < penalty_of(features, STRENGTHS[-1])  # off the ends
    assert everything / 10.1 < some < everything * 10.1
