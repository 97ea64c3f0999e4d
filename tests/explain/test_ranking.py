"""NDCG@n: what is published, what ties are worth, and what chance reaches."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime.errors import DataError
from attime.explain import measure_localisation, ndcg_at_n

cases = st.integers(2, 7).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(-2, 2), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n).filter(any),
    )
)


def published(relevance: list[float], truth: list[bool]) -> float:
    """Return Σ rel_i / log₂(i + 2) over the n highest, over the same sum with all ones, for relevance without ties."""
    n = sum(truth)
    highest = sorted(range(len(truth)), key=lambda step: -relevance[step])[:n]
    discount = [1 / np.log2(place + 2) for place in range(n)]
    return sum(truth[step] * part for step, part in zip(highest, discount, strict=True)) / sum(discount)


def test_a_hand_calculation():
    found = ndcg_at_n(np.array([[0.9, 0.8, 0.1, 0.5]]), np.array([[True, False, False, True]]))
    assert found[0] == pytest.approx(1 / (1 + 1 / np.log2(3)))


@settings(deadline=None)
@given(cases, st.randoms(use_true_random=False))
def test_without_ties_it_is_the_published_formula(case: tuple[list[int], list[bool]], random):
    truth = case[1]
    relevance = [float(value) for value in random.sample(range(100), len(truth))]
    assert ndcg_at_n(np.array([relevance]), np.array([truth]))[0] == pytest.approx(published(relevance, truth))


@settings(deadline=None, max_examples=30)
@given(cases.filter(lambda case: len(case[0]) <= 6))
def test_ties_are_worth_the_mean_over_their_orders(case: tuple[list[int], list[bool]]):
    relevance, truth = case
    nudged = [np.array(relevance) + 1e-3 * np.array(order) for order in itertools.permutations(range(len(truth)))]
    expected = np.mean([published(one.tolist(), truth) for one in nudged])
    assert ndcg_at_n(np.array([relevance], dtype=float), np.array([truth]))[0] == pytest.approx(expected)


def test_full_cases_have_one_and_empty_cases_nothing():
    relevance = np.random.default_rng(0).normal(size=(2, 5))
    found = ndcg_at_n(relevance, np.array([[True] * 5, [False] * 5]))
    assert found[0] == pytest.approx(1)
    assert np.isnan(found[1])


def test_absent_steps_do_not_count():
    relevance, truth = np.array([[np.nan, 1.0, 2.0, 0.0]]), np.array([[True, False, True, False]])
    present = np.array([[False, True, True, True]])
    assert ndcg_at_n(relevance, truth, present=present).tolist() == [1.0]


def test_it_is_among_the_measures_of_localisation_with_the_same_value():
    rng = np.random.default_rng(0)
    relevance, truth = rng.normal(size=(20, 15)), rng.random((20, 15)) < 0.3
    found = measure_localisation(relevance, truth)
    np.testing.assert_allclose(found.ndcg, ndcg_at_n(relevance, truth)[found.cases])
    np.testing.assert_allclose(found.chance_ndcg, truth[found.cases].mean(axis=1))


def test_a_mask_of_another_shape_is_refused():
    measure = inspect.unwrap(ndcg_at_n)  # past the shape check that only the tests have
    with pytest.raises(DataError, match="share one shape"):
        measure(np.ones((1, 3)), np.ones((1, 2), dtype=bool))
