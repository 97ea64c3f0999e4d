"""The test tells a difference from chance: as often wrong as it says, also where windows overlap."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from scipy import stats

from attime.errors import DataError, OptionError
from attime.measures.forecasting import diebold_mariano

unchecked = inspect.unwrap(diebold_mariano)


def overlapping(rng: np.random.Generator, n_windows: int, horizon: int, stride: int = 1) -> np.ndarray:
    """Return the mean squared error of each window of a forecast whose errors are noise."""
    squares = rng.normal(size=n_windows * stride + horizon) ** 2
    return np.lib.stride_tricks.sliding_window_view(squares, horizon).mean(axis=1)[: n_windows * stride : stride]


@pytest.mark.parametrize(
    ("n_windows", "horizon", "stride"), [(30, 1, 1), (100, 5, 1), (40, 12, 1), (60, 24, 8), (200, 24, 1)]
)
def test_equal_forecasts_give_uniform_p_values(n_windows, horizon, stride):
    rng = np.random.default_rng(0)
    p_values = np.array(
        [
            diebold_mariano(
                overlapping(rng, n_windows, horizon, stride),
                overlapping(rng, n_windows, horizon, stride),
                horizon=horizon,
                origins=stride * np.arange(n_windows),
            ).p_value
            for _ in range(250)
        ]
    )
    for share, tolerance in ((0.05, 0.045), (0.25, 0.08), (0.5, 0.1), (0.75, 0.1)):
        assert np.mean(p_values < share) == pytest.approx(share, abs=tolerance)


def test_ignoring_the_overlap_would_call_chance_a_difference():
    rng = np.random.default_rng(0)
    pairs = [(overlapping(rng, 100, 5), overlapping(rng, 100, 5)) for _ in range(100)]
    blind = np.mean([diebold_mariano(*pair, horizon=1).p_value < 0.05 for pair in pairs])
    assert blind > 3 * np.mean([diebold_mariano(*pair, horizon=5).p_value < 0.05 for pair in pairs])


def test_a_difference_is_found():
    rng = np.random.default_rng(0)
    found = diebold_mariano(overlapping(rng, 200, 5), 1.5 * overlapping(rng, 200, 5), horizon=5)
    assert found.p_value < 0.01
    assert found.statistic < 0
    assert found.mean_difference < 0


def test_one_step_ahead_it_is_the_paired_t_test():
    first, second = np.random.default_rng(0).normal(size=(2, 30))
    found, expected = diebold_mariano(first, second, horizon=1), stats.ttest_rel(first, second)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_it_agrees_with_a_calculation_by_hand():
    difference = np.array([1.0, 2.0, 3.0, 2.0, 0.0, -1.0, 0.0, 1.0])
    found = diebold_mariano(difference, np.zeros(8), horizon=2)
    centred = difference - 1
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / 8
    statistic = 1 / np.sqrt(variance / 8) * np.sqrt((8 + 1 - 4 + 2 / 8) / 8)
    assert found.statistic == pytest.approx(statistic)
    assert found.p_value == pytest.approx(2 * stats.t.sf(statistic, 8 / 2 - 1))
    assert found.n_origins == 8


def test_swapping_the_forecasts_changes_the_sign_alone():
    first, second = np.random.default_rng(0).normal(size=(2, 30))
    there, back = diebold_mariano(first, second, horizon=3), diebold_mariano(second, first, horizon=3)
    assert (there.statistic, there.p_value) == pytest.approx((-back.statistic, back.p_value))


@pytest.mark.parametrize("n_windows", [1, 3, 50])
def test_equal_losses_are_no_difference(n_windows):
    found = diebold_mariano(np.ones(n_windows), np.ones(n_windows), horizon=4)
    assert (found.statistic, found.p_value) == (0, 1)


def test_a_difference_that_is_always_the_same_is_no_chance():
    found = diebold_mariano(np.zeros(20), np.ones(20), horizon=4)
    assert (found.statistic, found.p_value) == (-np.inf, 0)


def test_a_variance_that_is_not_positive_is_estimated_with_weights():
    losses = np.tile([1.2, -0.8], 10)  # what one origin loses the next one wins
    found = diebold_mariano(losses, np.zeros(20), horizon=2)
    assert found.bartlett
    assert 0 < found.p_value < 1


def test_too_few_origins_for_the_overlap_are_no_test():
    found = diebold_mariano(np.arange(5.0), np.zeros(5), horizon=5)
    assert np.isnan(found.p_value)
    assert np.isnan(found.statistic)


class TestOrigins:
    def test_so_far_apart_that_nothing_overlaps_need_no_lags(self):
        first, second = np.random.default_rng(0).normal(size=(2, 30))
        apart = diebold_mariano(first, second, horizon=5, origins=5 * np.arange(30))
        assert apart == diebold_mariano(first, second, horizon=1)

    def test_in_any_order_are_the_same(self):
        rng = np.random.default_rng(0)
        first, second = rng.normal(size=(2, 30))
        order = rng.permutation(30)
        mixed = diebold_mariano(first[order], second[order], horizon=3, origins=order)
        assert mixed.p_value == pytest.approx(diebold_mariano(first, second, horizon=3).p_value)

    def test_shared_by_several_series_count_once(self):
        first, second = np.random.default_rng(0).normal(size=(2, 3, 30))
        found = diebold_mariano(first.ravel(), second.ravel(), horizon=3, origins=np.tile(np.arange(30), 3))
        expected = diebold_mariano(first.mean(axis=0), second.mean(axis=0), horizon=3)
        assert found.n_origins == 30
        assert found.p_value == pytest.approx(expected.p_value)

    def test_without_a_loss_are_passed_over_and_keep_their_distance(self):
        first, second = np.random.default_rng(0).normal(size=(2, 30))
        gaps = np.where(np.arange(30) % 7 == 0, np.nan, first)
        there = np.flatnonzero(~np.isnan(gaps))
        found = diebold_mariano(gaps, second, horizon=3)
        assert found == diebold_mariano(first[there], second[there], horizon=3, origins=there)
        assert found.n_origins == len(there)


@pytest.mark.parametrize(
    ("losses", "other", "options"),
    [
        (np.ones(3), np.ones(2), {}),
        (np.empty(0), np.empty(0), {}),
        (np.full(3, np.nan), np.ones(3), {}),
        (np.full(3, np.inf), np.ones(3), {}),
        (np.ones(3), np.ones(3), {"origins": np.arange(2)}),
        (np.ones((3, 2)), np.ones((3, 2)), {}),
    ],
)
def test_losses_of_different_windows_are_refused(losses, other, options):
    with pytest.raises(DataError, match="for the same windows"):
        unchecked(losses, other, horizon=1, **options)


def test_a_horizon_is_a_step_at_least():
    with pytest.raises(OptionError, match="horizon=0"):
        diebold_mariano(np.ones(3), np.ones(3), horizon=0)
