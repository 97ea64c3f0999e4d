"""What must hold for every relevance and every truth."""

from __future__ import annotations

import inspect
import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from attime.errors import DataError
from attime.explain import Localisation, measure_localisation

MEASURES = ("mass", "average_precision", "pointing", "iou", "ndcg")


def planted(n_cases: int = 40, n_steps: int = 60) -> np.ndarray:
    rng = np.random.default_rng(3)
    starts, lengths = rng.integers(0, n_steps // 2, n_cases), rng.integers(1, n_steps // 2, n_cases)
    steps = np.arange(n_steps)
    return (steps >= starts[:, None]) & (steps < (starts + lengths)[:, None])


@st.composite
def ranked_cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Small whole numbers, so that ties are common."""
    n_steps = draw(st.integers(2, 12))
    values = draw(st.lists(st.integers(-3, 3), min_size=n_steps, max_size=n_steps))
    truth = draw(st.lists(st.booleans(), min_size=n_steps, max_size=n_steps).filter(lambda t: 0 < sum(t) < len(t)))
    return np.array([values], dtype=float), np.array([truth])


def test_a_perfect_pointer_gets_one_everywhere():
    truth = planted()
    summary = measure_localisation(truth.astype(float), truth).mean()
    assert [getattr(summary, name) for name in MEASURES] == [1.0] * 5


def test_a_reversed_pointer_stays_below_chance_everywhere():
    truth = planted()
    summary = measure_localisation((~truth).astype(float), truth).mean()
    assert summary.mass == summary.pointing == summary.iou == summary.ndcg == 0.0
    assert summary.average_precision < summary.chance_average_precision


@settings(deadline=None)
@given(ranked_cases())
def test_average_precision_is_that_of_scikit_learn_with_ties(case: tuple[np.ndarray, np.ndarray]):
    relevance, truth = case
    ours = measure_localisation(relevance, truth).average_precision[0]
    assert ours == pytest.approx(average_precision_score(truth[0], relevance[0]))


@settings(deadline=None)
@given(ranked_cases())
def test_average_precision_and_pointing_see_only_the_order(case: tuple[np.ndarray, np.ndarray]):
    relevance, truth = case
    plain, bent = measure_localisation(relevance, truth), measure_localisation(np.exp(3 * relevance) - 7, truth)
    np.testing.assert_allclose(plain.average_precision, bent.average_precision)
    np.testing.assert_allclose(plain.pointing, bent.pointing)


@settings(deadline=None)
@given(ranked_cases(), st.floats(1e-300, 1e300))
def test_nothing_depends_on_the_scale(case: tuple[np.ndarray, np.ndarray], factor: float):
    relevance, truth = case
    plain, scaled = measure_localisation(relevance, truth), measure_localisation(relevance * factor, truth)
    for name in MEASURES:
        np.testing.assert_allclose(getattr(plain, name), getattr(scaled, name))


@settings(max_examples=25, deadline=None)
@given(ranked_cases().filter(lambda case: case[0].shape[1] <= 6))
def test_chance_is_the_mean_over_every_order(case: tuple[np.ndarray, np.ndarray]):
    relevance, truth = case
    orders = np.array(list(itertools.permutations(relevance[0])))
    found = measure_localisation(orders, np.repeat(truth, len(orders), axis=0)).mean()
    for name in MEASURES:
        assert getattr(found, name) == pytest.approx(getattr(found, f"chance_{name}")), name


def test_random_relevance_reaches_chance_within_sampling_error():
    truth = np.repeat(planted(), 50, axis=0)
    found = measure_localisation(np.random.default_rng(0).normal(size=truth.shape), truth)
    for name in MEASURES:
        difference = getattr(found, name) - getattr(found, f"chance_{name}")
        assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(len(difference)), name


def test_padding_is_ignored_whatever_stands_there():
    truth, rng = planted(), np.random.default_rng(1)
    relevance = rng.normal(size=truth.shape)
    padding = np.full((len(truth), 9), np.nan)
    padding[:, ::2] = 1e9
    padded = measure_localisation(
        np.hstack([relevance, padding]),
        np.hstack([truth, np.ones((len(truth), 9), dtype=bool)]),
        present=np.hstack([np.ones_like(truth), np.zeros((len(truth), 9), dtype=bool)]),
    )
    assert_same(padded, measure_localisation(relevance, truth))


def test_only_cases_with_true_and_other_steps_count():
    truth = np.array([[False, False], [True, False], [True, True]])
    assert measure_localisation(np.ones((3, 2)), truth).cases.tolist() == [1]


def test_relevance_that_is_nowhere_positive_has_neither_mass_nor_iou():
    for silent in (np.zeros((1, 4)), -np.arange(4.0)[None]):
        found = measure_localisation(silent, np.array([[True, False, True, False]]))
        assert found.mass[0] == found.iou[0] == found.chance_mass[0] == found.chance_iou[0] == 0.0


def test_tied_highest_steps_share_the_pointing():
    found = measure_localisation(np.array([[2.0, 2.0, 1.0]]), np.array([[True, False, False]]))
    assert found.pointing.tolist() == [0.5]


def test_what_cannot_be_measured_is_refused():
    truth = np.array([[True, False]])
    # Past the shape check that only the tests have.
    measure = inspect.unwrap(measure_localisation)
    with pytest.raises(DataError, match="share one shape"):
        measure(np.ones((1, 3)), truth)
    with pytest.raises(DataError, match="NaN or infinite"):
        measure(np.array([[np.nan, 1.0]]), truth)
    with pytest.raises(DataError, match="none of the 1 cases"):
        measure(np.ones((1, 2)), np.zeros((1, 2), dtype=bool))
    with pytest.raises(DataError, match="expected bool"):
        measure(np.ones((1, 2)), np.ones((1, 2)))


def test_two_thousand_series_of_five_hundred_steps_take_about_a_second():
    truth = np.tile(planted(40, 500), (50, 1))
    relevance = np.random.default_rng(0).normal(size=truth.shape)
    start = time.process_time()
    measure_localisation(relevance, truth)
    assert time.process_time() - start < 3.0


def assert_same(one: Localisation, other: Localisation) -> None:
    assert one.cases.tolist() == other.cases.tolist()
    for name in MEASURES:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name))
        np.testing.assert_allclose(getattr(one, f"chance_{name}"), getattr(other, f"chance_{name}"))
