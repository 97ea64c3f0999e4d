"""Adaptive intervals keep their coverage in the long run, whatever the series does."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime.errors import DataError, OptionError
from attime.measures.forecasting import adapted_miss_share, adaptive_offsets, split_conformal

N_FIRST = 50


@pytest.fixture(scope="module")
def shifting() -> np.ndarray:
    """Residuals of two series: one becomes three times as variable, the other less."""
    scale = np.where(np.arange(900)[:, None] < 300, 1.0, np.array([3.0, 0.5]))
    return scale * np.random.default_rng(0).normal(size=(900, 2))


def test_coverage_survives_a_change_of_scale(shifting):
    size = adaptive_offsets(shifting, coverage=0.8, n_first=N_FIRST, gamma=0.05)
    held = np.abs(shifting[N_FIRST:]) <= size[N_FIRST:]
    np.testing.assert_allclose(held.mean(axis=0), 0.8, atol=0.02)
    np.testing.assert_allclose(held[-300:].mean(axis=0), 0.8, atol=0.05)


def test_intervals_that_do_not_adapt_lose_it(shifting):
    offset = split_conformal(shifting[:300], np.array([0.1, 0.9]))[:, 1]
    assert np.mean(np.abs(shifting[300:, 0]) <= offset[0]) < 0.5


@settings(max_examples=20, deadline=None)
@given(arrays(float, (40, 1), elements=st.floats(-1e3, 1e3)), st.floats(0.02, 0.5), st.sampled_from([0.5, 0.8, 0.9]))
def test_misses_are_bounded_for_every_sequence(residuals, gamma, coverage):
    found = adaptive_offsets(residuals, coverage=coverage, n_first=1, gamma=gamma)[1:]
    missed = np.mean(np.abs(residuals[1:]) > found)
    assert missed <= 1 - coverage + (max(coverage, 1 - coverage) + gamma) / (gamma * len(found)) + 1e-9


def test_series_do_not_touch_each_other(shifting):
    together = adaptive_offsets(shifting[:200], coverage=0.8, n_first=N_FIRST, gamma=0.02)
    for series in range(2):
        alone = adaptive_offsets(shifting[:200, [series]], coverage=0.8, n_first=N_FIRST, gamma=0.02)
        np.testing.assert_array_equal(together[:, [series]], alone)


@pytest.mark.parametrize("delay", [1, 5])
def test_no_interval_knows_what_comes_later(shifting, delay):
    found = adaptive_offsets(shifting[:100], coverage=0.8, n_first=N_FIRST, gamma=0.05, delay=delay)
    changed = shifting[:100].copy()
    changed[80 - delay + 1 :] = 100
    other = adaptive_offsets(changed, coverage=0.8, n_first=N_FIRST, gamma=0.05, delay=delay)
    np.testing.assert_array_equal(found[:81], other[:81])
    assert (other[81:] != found[81:]).any()


def test_many_outcomes_are_one_after_the_other():
    rng = np.random.default_rng(0)
    actual, before = rng.normal(size=(20, 3)), np.full(3, 0.1)
    low, high = np.full((20, 3), -1.0), np.full((20, 3), 1.0)
    after = before
    for now in range(20):
        after = adapted_miss_share(after, actual[[now]], low[[now]], high[[now]], coverage=0.9, gamma=0.03)
    together = adapted_miss_share(before, actual, low, high, coverage=0.9, gamma=0.03)
    np.testing.assert_allclose(after, together)


def test_nothing_is_learnt_from_what_is_missing():
    before, gap = np.array([0.1]), np.array([[np.nan]])
    assert adapted_miss_share(before, gap, gap * 0 - 1, gap * 0 + 1, coverage=0.9) == before
    residuals = np.random.default_rng(0).normal(size=(60, 1))
    residuals[::3] = np.nan
    assert np.isfinite(adaptive_offsets(residuals, coverage=0.8, n_first=30)[30:]).all()


def test_what_cannot_be_followed_is_refused():
    unchecked, residuals = inspect.unwrap(adaptive_offsets), np.ones((10, 1))
    with pytest.raises(OptionError, match="coverage=90"):
        unchecked(residuals, coverage=90, n_first=5)
    with pytest.raises(OptionError, match="gamma=0"):
        unchecked(residuals, coverage=0.9, n_first=5, gamma=0)
    with pytest.raises(OptionError, match="delay=6 arrived with n_first=5"):
        unchecked(residuals, coverage=0.9, n_first=5, delay=6)
    with pytest.raises(DataError, match="more than n_first"):
        unchecked(residuals, coverage=0.9, n_first=10)
    with pytest.raises(DataError, match="10 of them infinite"):
        unchecked(residuals * np.inf, coverage=0.9, n_first=5)
