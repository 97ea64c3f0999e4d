"""Calibration says how sure and how right, agrees with scikit-learn where that has the number, and knows chance."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from attime.errors import DataError, OptionError
from attime.evaluate import calibration, classification_report

NAMES = np.array(["flattened", "normal", "peaked"])


def cases_of(n_cases: int, *, sharpness: float = 1.0, n_classes: int = 3, seed: int = 0):
    """Draw cases whose probabilities are exactly right, and then make their logits sharper or duller."""
    rng = np.random.default_rng(seed)
    logits = 1.5 * rng.standard_normal((n_cases, n_classes))
    true = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    return NAMES[:n_classes][true], softmax(sharpness * logits, axis=1), NAMES[:n_classes]


def test_bins_agree_with_scikit_learn():
    labels, probabilities, classes = cases_of(2000)
    found = calibration(labels, probabilities, classes, n_bins=10)
    right = classes[probabilities.argmax(axis=1)] == labels
    accuracy, confidence = calibration_curve(right, probabilities.max(axis=1), n_bins=10)
    filled = found.counts > 0
    np.testing.assert_allclose(found.accuracy[filled], accuracy)
    np.testing.assert_allclose(found.confidence[filled], confidence)
    assert found.counts.sum() == found.n_cases == 2000


def test_errors_are_what_the_formulae_say():
    labels, probabilities, classes = cases_of(300)
    confidence, right = probabilities.max(axis=1), classes[probabilities.argmax(axis=1)] == labels
    distances, sizes = [], []
    for low, high in zip(np.arange(15) / 15, np.arange(1, 16) / 15, strict=True):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            distances.append(abs(right[inside].mean() - confidence[inside].mean()))
            sizes.append(inside.sum())
    found = calibration(labels, probabilities, classes)
    assert found.expected_error == pytest.approx(np.average(distances, weights=sizes))
    assert found.largest_error == pytest.approx(max(distances))


def test_the_intervals_are_wilsons():
    found = calibration(*cases_of(200))
    for count, accuracy, low, high in zip(found.counts, found.accuracy, found.low, found.high, strict=True):
        if count:
            expected = binomtest(round(accuracy * count), count).proportion_ci(method="wilson")
            assert (low, high) == pytest.approx((expected.low, expected.high))
        else:
            assert np.isnan([accuracy, low, high]).all()


def test_of_two_classes_the_brier_score_is_twice_that_of_one():
    labels, probabilities, classes = cases_of(200, n_classes=2)
    one = brier_score_loss(labels == classes[1], probabilities[:, 1])
    assert calibration(labels, probabilities, classes).brier_score == pytest.approx(2 * one)


def test_the_report_says_the_same():
    cases = cases_of(200)
    report, found = classification_report(*cases), calibration(*cases)
    assert report.expected_calibration_error == found.expected_error
    assert report.brier_score == found.brier_score


@pytest.mark.parametrize(("sharpness", "tendency"), [(1.0, "fitting"), (3.0, "overconfident"), (0.3, "underconfident")])
def test_it_is_told_which_way_probabilities_are_wrong(sharpness, tendency):
    found = calibration(*cases_of(1000, sharpness=sharpness))
    assert found.tendency == tendency
    assert (found.mean_confidence > found.mean_accuracy) == (sharpness > 1) or sharpness == 1


def test_too_high_here_and_too_low_there_is_uneven():
    confidence = np.repeat([0.6, 0.9], 500)
    right = np.concatenate([np.arange(500) < 400, np.arange(500) < 350])
    probabilities = np.stack([1 - confidence, confidence], axis=1)
    found = calibration(NAMES[right.astype(int)], probabilities, NAMES[:2])
    assert found.mean_confidence == pytest.approx(found.mean_accuracy)
    assert found.tendency == "uneven"
    assert "too high and others too low" in found.verdict


@pytest.mark.parametrize("n_cases", [1, 20, 500])
def test_right_probabilities_are_seldom_called_wrong(n_cases):
    called = [calibration(*cases_of(n_cases, seed=seed)).tendency != "fitting" for seed in range(20)]
    assert np.mean(called) < 0.25


@pytest.mark.parametrize("n_cases", [20, 500])
def test_what_chance_gives_is_what_right_probabilities_have(n_cases):
    found = [calibration(*cases_of(n_cases, seed=seed)) for seed in range(30)]
    by_chance, own = (np.mean([getattr(one, name) for one in found]) for name in ("chance_error", "expected_error"))
    assert by_chance == pytest.approx(own, rel=0.15)


def test_the_name_of_a_class_makes_no_difference():
    labels, probabilities, classes = cases_of(300)
    order = [2, 0, 1]
    first, second = (
        calibration(labels, probabilities, classes),
        calibration(labels, probabilities[:, order], classes[order]),
    )
    for name in ("expected_error", "largest_error", "classwise_error", "brier_score", "chance_error"):
        assert getattr(first, name) == pytest.approx(getattr(second, name))


def test_certain_and_right_has_no_error():
    found = calibration(NAMES, np.eye(3), NAMES)
    assert found.expected_error == found.chance_error == found.classwise_error == found.brier_score == 0
    assert found.tendency == "fitting"


def test_equal_seeds_give_equal_numbers():
    first, second = (calibration(*cases_of(100)).chance_error for _ in range(2))
    assert first == second


def test_what_cannot_be_judged_is_refused():
    labels, probabilities, classes = cases_of(5)
    with pytest.raises(DataError, match="not logits"):
        calibration(labels, 2 * probabilities, classes)
    for n_bins in (0, 1.5, "a", True):
        with pytest.raises(OptionError, match=r"n_bins=.* arrived"):
            inspect.unwrap(calibration)(labels, probabilities, classes, n_bins=n_bins)
