"""Temperature scaling: what one number may change about logits, and what it must not."""

from __future__ import annotations

import inspect

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw
from scipy.special import log_softmax

from attime.errors import DataError
from attime.training import fit_temperature
from attime.training.temperature import PSEUDO_CASES


@draw.composite
def told(drawn):
    """Logits of some cases and classes, with true classes drawn by lot."""
    n_cases, n_classes = drawn(draw.integers(1, 20)), drawn(draw.integers(2, 5))
    numbers = draw.floats(-50, 50).map(lambda number: round(number, 3))
    logits = drawn(arrays.arrays(np.float64, (n_cases, n_classes), elements=numbers))
    return logits, drawn(arrays.arrays(np.int64, n_cases, elements=draw.integers(0, n_classes - 1)))


def loss(logits, targets, temperature=1.0):
    return -log_softmax(logits / temperature, axis=1)[np.arange(len(targets)), targets].mean()


def with_pseudo_cases(logits, targets, temperature=1.0):
    return (
        loss(logits, targets, temperature)
        - PSEUDO_CASES / len(targets) * log_softmax(logits / temperature, axis=1).mean()
    )


def drawn_from(logits, rng):
    """Draw true classes so that the logits are calibrated as they are."""
    return (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 1.0, 3.0, 20.0])
def test_a_known_temperature_is_found(temperature):
    rng = np.random.default_rng(0)
    logits = 2 * rng.standard_normal((20_000, 4))
    assert fit_temperature(temperature * logits, drawn_from(logits, rng)) == pytest.approx(temperature, rel=0.05)


@settings(deadline=None)
@given(told())
def test_the_loss_with_its_pseudo_cases_is_nowhere_lower(case):
    logits, targets = case
    best = with_pseudo_cases(logits, targets, fit_temperature(logits, targets))
    for other in (0.03, 0.3, 1.0, 3.0, 30.0):
        assert best <= with_pseudo_cases(logits, targets, other) + 1e-4


@settings(deadline=None)
@given(told())
def test_cooler_logits_tell_the_fitted_cases_better(case):
    logits, targets = case
    temperature = fit_temperature(logits, targets)
    if temperature < 1:  # a hotter one may be there for the sake of the pseudo-cases
        assert loss(logits, targets, temperature) <= loss(logits, targets) + 1e-9


@settings(deadline=None)
@given(told(), draw.floats(-100, 100))
def test_what_is_added_to_the_logits_of_a_case_makes_no_difference(case, constant):
    logits, targets = case
    moved = logits + constant * np.arange(1, len(logits) + 1)[:, np.newaxis]
    assert fit_temperature(moved, targets) == pytest.approx(fit_temperature(logits, targets), rel=1e-4)


@pytest.mark.parametrize("factor", [1e-6, 0.1, 1e5])
def test_the_unit_of_the_logits_makes_no_difference(factor):
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((50, 3))
    targets = drawn_from(logits, rng)
    assert fit_temperature(factor * logits, targets) == pytest.approx(factor * fit_temperature(logits, targets))


@pytest.mark.parametrize("n_cases", [1, 10, 1000])
def test_cases_that_are_all_told_rightly_do_not_make_certain(n_cases):
    targets = np.arange(n_cases) % 3
    logits = 40 * np.eye(3)[targets]
    wrong = 1 - np.exp(-loss(logits, targets, fit_temperature(logits, targets)))
    assert wrong == pytest.approx(PSEUDO_CASES / (n_cases + PSEUDO_CASES) * 2 / 3, rel=1e-4)


def test_logits_that_point_away_come_to_nothing():
    targets = np.arange(30) % 3
    logits = 5 * np.eye(3)[(targets + 1) % 3]
    assert loss(logits, targets, fit_temperature(logits, targets)) == pytest.approx(np.log(3), abs=1e-4)


def test_logits_that_say_nothing_stay_as_they_are():
    assert fit_temperature(np.full((4, 2), 7.0), np.array([0, 1, 1, 1])) == 1.0


def test_single_precision_is_enough():
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((200, 3))
    targets = drawn_from(logits, rng)
    assert fit_temperature(logits.astype(np.float32), targets) == pytest.approx(fit_temperature(logits, targets))


@pytest.mark.parametrize(
    ("logits", "targets", "message"),
    [
        (np.zeros((0, 2)), np.zeros(0, int), "0 cases and 0 targets"),
        (np.zeros((2, 2)), np.zeros(3, int), "2 cases and 3 targets"),
        (np.array([[0.0, 1.0], [np.inf, 0.0]]), np.zeros(2, int), "logits of case 1"),
        (np.zeros((2, 2)), np.array([0, 2]), "targets from 0 to 2"),
        (np.zeros((2, 2)), np.array([-1, 0]), "targets from -1 to 0"),
    ],
)
def test_what_cannot_be_scaled_is_refused(logits, targets, message):
    with pytest.raises(DataError, match=message):
        inspect.unwrap(fit_temperature)(logits, targets)


def test_cases_that_count_twice_are_as_good_as_two():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(30, 3)), rng.integers(3, size=30)
    counts = rng.integers(1, 3, size=30)
    repeated = fit_temperature(np.repeat(logits, counts, axis=0), np.repeat(targets, counts))
    assert fit_temperature(logits, targets, counts.astype(float)) == pytest.approx(repeated, rel=0.05)
