"""Naive forecasts follow their formulae, take many windows at once, and step over what is missing."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime.errors import DataError, DataWarning, OptionError
from attime.measures.forecasting import NAIVE, drift, last_value, mean, naive_forecasts, seasonal_last_value

VALUES = st.floats(-1e3, 1e3) | st.just(np.nan)


@pytest.mark.parametrize("name", NAIVE)
@settings(max_examples=20, deadline=None)
@given(contexts=arrays(float, (3, 7), elements=VALUES), n_steps=st.integers(1, 9), period=st.integers(1, 7))
def test_many_windows_are_many_single_ones(name, contexts, n_steps, period):
    together = NAIVE[name](contexts, n_steps, period=period)
    single = np.stack([NAIVE[name](context, n_steps, period=period) for context in contexts])
    np.testing.assert_allclose(together, single)
    np.testing.assert_array_equal(np.isnan(together).all(axis=1), np.isnan(contexts).all(axis=1))
    np.testing.assert_array_equal(np.isnan(together).any(axis=1), np.isnan(contexts).all(axis=1))


@pytest.mark.parametrize("name", NAIVE)
@settings(max_examples=20, deadline=None)
@given(context=arrays(float, (6,), elements=VALUES), n_missing=st.integers(0, 4))
def test_what_is_missing_in_front_changes_nothing(name, context, n_missing):
    longer = np.concatenate([np.full(n_missing, np.nan), context])
    np.testing.assert_allclose(NAIVE[name](longer, 4, period=3), NAIVE[name](context, 4, period=3), atol=1e-9)


@pytest.mark.parametrize("name", NAIVE)
def test_a_series_that_never_changes_goes_on(name):
    np.testing.assert_array_equal(NAIVE[name](np.full(8, 3.0), 5, period=4), np.full(5, 3.0))


def test_last_value_steps_over_what_is_missing():
    assert last_value(np.array([1.0, 2.0, np.nan, np.nan]), 3).tolist() == [2, 2, 2]


class TestSeason:
    def test_is_repeated_from_its_place(self):
        series = np.tile([1.0, 2.0, 3.0, 4.0], 5)
        for end in range(4, 12):
            found = seasonal_last_value(series[:end], 8, period=4)
            assert found.tolist() == series[end : end + 8].tolist()

    def test_a_missing_value_is_that_of_the_season_before(self):
        assert seasonal_last_value(np.array([1.0, 2.0, np.nan, 4.0]), 2, period=2).tolist() == [1, 4]

    def test_a_place_without_any_value_is_the_last_value(self):
        assert seasonal_last_value(np.array([np.nan, 2.0, np.nan, 4.0]), 2, period=2).tolist() == [4, 4]

    def test_longer_than_the_history_falls_back_to_the_last_value_and_says_so(self):
        with pytest.warns(DataWarning, match="period=12 arrived with contexts of 3 steps"):
            assert seasonal_last_value(np.array([1.0, 2.0, 3.0]), 2, period=12).tolist() == [3, 3]

    def test_of_one_step_is_none(self):
        contexts = np.arange(6.0).reshape(2, 3)
        assert list(naive_forecasts(contexts, 2)) == ["last_value", "drift", "mean"]
        assert list(naive_forecasts(contexts, 2, period=2)) == list(NAIVE)
        np.testing.assert_array_equal(seasonal_last_value(contexts, 2), last_value(contexts, 2))


class TestDrift:
    def test_continues_a_line(self):
        np.testing.assert_allclose(drift(2 + 0.5 * np.arange(10), 3), 2 + 0.5 * np.arange(10, 13))

    def test_continues_a_line_with_missing_ends(self):
        line = 2 + 0.5 * np.arange(10)
        line[[0, 8, 9]] = np.nan
        np.testing.assert_allclose(drift(line, 3), 2 + 0.5 * np.arange(10, 13))

    def test_of_one_value_is_that_value(self):
        assert drift(np.array([np.nan, 7.0, np.nan]), 2).tolist() == [7, 7]


def test_mean_is_that_of_what_exists():
    assert mean(np.array([1.0, np.nan, 5.0]), 2).tolist() == [3, 3]


@pytest.mark.parametrize("name", NAIVE)
def test_what_cannot_be_continued_is_refused(name):
    unchecked = inspect.unwrap(NAIVE[name])
    with pytest.raises(DataError, match="no steps"):
        unchecked(np.empty((2, 0)), 3)
    with pytest.raises(DataError, match="infinite numbers"):
        unchecked(np.array([1.0, np.inf]), 3)
    with pytest.raises(OptionError, match="n_steps=0"):
        unchecked(np.ones(3), 0)
    with pytest.raises(OptionError, match=r"period=1\.5"):
        unchecked(np.ones(3), 1, period=1.5)
