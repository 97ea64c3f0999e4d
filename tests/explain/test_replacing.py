"""What each way of taking steps away promises: it changes those steps, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from attime import SeriesSet
from attime.errors import OptionError
from attime.explain.replacing import REPLACEMENTS

IN_PLACE = [name for name in REPLACEMENTS if name != "delete"]


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@st.composite
def values_and_steps(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Series with gaps and unequal lengths, and steps that leave at least the first of each case."""
    shape = draw(st.tuples(st.integers(2, 4), st.integers(1, 3), st.integers(2, 8)))
    kind = draw(st.sampled_from([np.float32, np.float64]))
    values = draw(hnp.arrays(np.float32, shape, elements=st.floats(-100, 100, width=32))).astype(kind)
    values[draw(hnp.arrays(np.bool_, shape))] = np.nan
    values[:, 0, 0] = 1.0
    steps = draw(hnp.arrays(np.bool_, (shape[0], shape[2])))
    steps[:, 0] = False
    return values, steps


def made(given_case: tuple[np.ndarray, np.ndarray]) -> tuple[SeriesSet, np.ndarray]:
    """Return a set with all that it can have. Not made by the strategy: the check of types draws random numbers."""
    values, steps = given_case
    times = np.cumsum(np.ones(steps.shape), axis=1)
    return SeriesSet.of(values, np.arange(len(values)), truth=steps, times=times), steps


@pytest.mark.parametrize("name", IN_PLACE)
@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_only_the_chosen_steps_change(name, given_case):
    series, steps = made(given_case)
    found = REPLACEMENTS[name](series, steps, rng())
    others = np.broadcast_to(~steps[:, np.newaxis], series.values.shape)
    np.testing.assert_array_equal(found.values[others], series.values[others])
    assert found.values.dtype == series.values.dtype
    assert found.labels is series.labels
    assert found.times is series.times
    assert found.channels == series.channels


@pytest.mark.parametrize("name", IN_PLACE)
@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_missing_values_stay_missing(name, given_case):
    series, steps = made(given_case)
    assert not (REPLACEMENTS[name](series, steps, rng()).observed & ~series.observed).any()


@pytest.mark.parametrize("name", ["mean", "interpolation"])
@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_what_was_observed_stays_observed_and_within_the_range_of_its_channel(name, given_case):
    series, steps = made(given_case)
    found = REPLACEMENTS[name](series, steps, rng())
    np.testing.assert_array_equal(found.observed, series.observed)
    for before, after in zip(
        series.values.reshape(-1, series.n_steps), found.values.reshape(-1, series.n_steps), strict=True
    ):
        known = ~np.isnan(before)
        if known.any():
            assert after[known].min() >= before[known].min() - 1e-4
            assert after[known].max() <= before[known].max() + 1e-4


@pytest.mark.parametrize("name", REPLACEMENTS)
@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_nothing_chosen_means_nothing_changed(name, given_case):
    series, steps = made(given_case)
    found = REPLACEMENTS[name](series, np.zeros_like(steps), rng())
    length = found.n_steps  # "delete" cuts off what is padding in every case
    np.testing.assert_array_equal(found.values, series.values[:, :, :length])
    assert np.isnan(series.values[:, :, length:]).all()


@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_delete_keeps_the_order_and_shortens(given_case):
    series, steps = made(given_case)
    found = REPLACEMENTS["delete"](series, steps, rng())
    for case, length in enumerate(series.lengths):
        kept = np.flatnonzero(~steps[case, :length])
        n = len(kept)
        np.testing.assert_array_equal(found.values[case, :, :n], series.values[case][:, kept])
        assert np.isnan(found.values[case, :, n:]).all()
        np.testing.assert_array_equal(found.times[case, :n], series.times[case, kept])
        assert (found.times[case, n:] == found.times[case, n - 1]).all()
        assert not found.truth[case].any()  # the steps that were cut out were the true ones
    assert found.n_steps == max((~steps[case, :length]).sum() for case, length in enumerate(series.lengths))


def test_delete_leaves_gaps_that_were_not_chosen():
    series = SeriesSet.of([[1.0, np.nan, 3.0, 4.0]])
    found = REPLACEMENTS["delete"](series, np.array([[False, False, True, False]]), rng())
    np.testing.assert_array_equal(found.values, [[[1.0, np.nan, 4.0]]])


def test_missing_hides_every_channel_of_the_step():
    series = SeriesSet.of(np.ones((1, 2, 3)))
    found = REPLACEMENTS["missing"](series, np.array([[False, True, False]]), rng())
    assert found.observed.tolist() == [[[True, False, True]] * 2]


def test_mean_is_that_of_what_was_observed_in_the_same_channel():
    series = SeriesSet.of(np.array([[[1.0, np.nan, 5.0, 6.0], [10.0, 20.0, 30.0, np.nan]]]))
    found = REPLACEMENTS["mean"](series, np.array([[True, True, False, True]]), rng())
    np.testing.assert_array_equal(found.values, [[[4, np.nan, 5, 4], [20, 20, 30, np.nan]]])


def test_a_line_goes_from_neighbour_to_neighbour_and_stays_level_beyond_them():
    series = SeriesSet.of([[9.0, 1.0, 9.0, np.nan, 4.0, 9.0]])
    steps = np.array([[True, False, True, True, False, True]])
    found = REPLACEMENTS["interpolation"](series, steps, rng())
    np.testing.assert_allclose(found.values, [[[1, 1, 2, np.nan, 4, 4]]])


def test_a_line_is_straight_in_time():
    series = SeriesSet.of([[0.0, 9.0, 10.0]], times=[[0.0, 1.0, 10.0]])
    found = REPLACEMENTS["interpolation"](series, np.array([[False, True, False]]), rng())
    np.testing.assert_allclose(found.values, [[[0, 1, 10]]])


def test_without_a_neighbour_a_line_is_the_mean():
    series = SeriesSet.of(np.array([[[1.0, 3.0], [5.0, 6.0]]]))
    found = REPLACEMENTS["interpolation"](series, np.array([[True, True]]), rng())
    np.testing.assert_array_equal(found.values, [[[2, 2], [5.5, 5.5]]])


@settings(max_examples=40, deadline=None)
@given(given_case=values_and_steps())
def test_other_takes_one_other_case_at_the_same_steps(given_case):
    series, _ = made(given_case)
    everything = np.ones((len(series), series.n_steps), dtype=bool)
    found = REPLACEMENTS["other"](series, everything, rng()).values
    for case in range(len(series)):
        candidates = [
            np.where(series.observed[case], series.values[other], np.nan)
            for other in range(len(series))
            if other != case
        ]
        assert any(np.array_equal(found[case], candidate, equal_nan=True) for candidate in candidates)


def test_other_needs_another_case():
    with pytest.raises(OptionError, match="there is one case only; explain more cases"):
        REPLACEMENTS["other"](SeriesSet.of([[1.0, 2.0]]), np.array([[True, False]]), rng())
