"""Conformal intervals hold what they promise where windows are exchangeable, and widen where these overlap."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attime.errors import DataError, OptionError
from attime.measures.forecasting import (
    conformal_quantile,
    conformalised_quantiles,
    forecast_errors,
    split_conformal,
)

LEVELS = np.array([0.05, 0.1, 0.5, 0.9, 0.95])


@pytest.mark.parametrize("n_held_out", [19, 25, 60])
@pytest.mark.parametrize("symmetric", [True, False])
def test_coverage_is_that_promised_on_average_over_backtests(n_held_out, symmetric):
    rng = np.random.default_rng(0)
    residuals = rng.gamma(2, size=(1500, n_held_out + 1)) - 1  # skewed; every row is a backtest, the last is to come
    offsets = split_conformal(residuals[:, :-1].T, LEVELS, symmetric=symmetric)
    for low, high, coverage in ((0, 4, 0.9), (1, 3, 0.8)):
        found = np.mean((offsets[:, low] <= residuals[:, -1]) & (residuals[:, -1] <= offsets[:, high]))
        slack = (1 if symmetric else 2) / (n_held_out + 1)  # a rank is a whole number
        assert coverage - 0.03 < found < coverage + slack + 0.03


def test_both_sides_of_skewed_errors_keep_their_share_if_measured_by_themselves():
    rng = np.random.default_rng(0)
    residuals, to_come = rng.gamma(1, size=(2000, 1)), rng.gamma(1, size=(5000, 1))
    found = split_conformal(residuals, LEVELS, symmetric=False)
    np.testing.assert_allclose([np.mean(to_come <= offset) for offset in found[0]], LEVELS, atol=0.04)


@settings(max_examples=25, deadline=None)
@given(
    residuals=arrays(float, (12, 2), elements=st.floats(-1e3, 1e3) | st.just(np.nan)),
    symmetric=st.booleans(),
    stride=st.none() | st.integers(1, 3),
)
def test_offsets_never_cross(residuals, symmetric, stride):
    found = split_conformal(residuals, LEVELS, symmetric=symmetric, stride=stride)
    assert (found[:, 1:] >= found[:, :-1]).all()
    if symmetric:
        np.testing.assert_array_equal(found, -found[:, ::-1])


@settings(max_examples=25, deadline=None)
@given(scores=arrays(float, (9, 1), elements=st.floats(-10, 10)), share=st.floats(0.01, 0.99))
def test_a_quantile_is_the_score_of_its_rank(scores, share):
    rank = int(np.ceil(10 * share - 1e-9))
    expected = np.sort(scores[:, 0])[rank - 1] if rank <= 9 else np.inf
    assert conformal_quantile(scores, share).item() == expected


def test_too_few_windows_promise_no_finite_interval():
    residuals = np.random.default_rng(0).normal(size=(18, 1))
    assert np.isfinite(split_conformal(residuals[:9], np.array([0.05, 0.95]))).all()
    assert np.isinf(split_conformal(residuals[:8], np.array([0.05, 0.95]))).all()
    assert np.isinf(split_conformal(residuals, np.array([0.05, 0.95]), symmetric=False)).all()


def test_a_step_without_any_residual_has_no_finite_interval():
    residuals = np.random.default_rng(0).normal(size=(30, 2))
    residuals[:, 1] = np.nan
    found = split_conformal(residuals, np.array([0.1, 0.5, 0.9]))
    assert np.isfinite(found[0]).all()
    assert found[1].tolist() == [-np.inf, 0, np.inf]


class TestOverlap:
    def test_widens_the_interval_but_not_beyond_the_largest_residual(self):
        residuals = np.random.default_rng(0).normal(size=(40, 12))
        plain, careful = (split_conformal(residuals, np.array([0.1, 0.9]), stride=stride) for stride in (None, 1))
        np.testing.assert_array_equal(plain[0], careful[0])
        assert (careful[:, 1] >= plain[:, 1]).all()
        assert (careful[:, 1] <= np.abs(residuals).max(axis=0)).all()
        np.testing.assert_array_equal(split_conformal(residuals, np.array([0.1, 0.9]), stride=12), plain)

    def test_brings_coverage_nearer_to_the_promise(self):
        rng = np.random.default_rng(0)
        noise = rng.normal(size=(200, 80)).cumsum(axis=1)
        residuals = noise[:, 8:] - noise[:, :-8]  # eight steps ahead, by the last value, a window at every step
        held_out, to_come = residuals[:, :40], residuals[:, -1:]
        shape = (len(noise), 40, 8)
        found = {}
        for stride in (None, 1):
            offsets = [
                split_conformal(np.broadcast_to(one[:, None], shape[1:]), np.array([0.1, 0.9]), stride=stride)[7, 1]
                for one in held_out
            ]
            found[stride] = np.mean(np.abs(to_come[:, 0]) <= offsets)
        assert found[None] < 0.8 < found[1] + 0.02


class TestConformalisedQuantiles:
    def test_put_right_what_was_too_narrow_and_what_was_too_wide(self):
        rng = np.random.default_rng(0)
        scale = rng.uniform(1, 5, (2000, 1))
        actual = scale * rng.normal(size=(2000, 1))
        for factor in (0.3, 3.0):
            quantiles = factor * scale[..., None] * np.array([-1.645, -1.282, 0, 1.282, 1.645])
            offsets = conformalised_quantiles(actual[:1000], quantiles[:1000], LEVELS)
            assert (offsets[0, -1] > 0) == (factor < 1)
            found = forecast_errors(
                actual[1000:], quantiles[1000:, :, 2], quantiles=quantiles[1000:] + offsets, levels=LEVELS
            )
            np.testing.assert_allclose(found.coverage, [0.8, 0.9], atol=0.04)

    def test_of_a_forecast_without_spread_are_split_conformal(self):
        rng = np.random.default_rng(0)
        actual, forecast = rng.normal(size=(2, 50, 3))
        quantiles = np.repeat(forecast[..., None], len(LEVELS), axis=2)
        np.testing.assert_array_equal(
            conformalised_quantiles(actual, quantiles, LEVELS),
            split_conformal(actual - forecast, LEVELS, symmetric=False),
        )


def test_what_cannot_be_used_is_refused():
    unchecked = inspect.unwrap(split_conformal)
    with pytest.raises(DataError, match="2 of them infinite"):
        unchecked(np.full((2, 1), np.inf), LEVELS)
    with pytest.raises(DataError, match=r"shape \(0, 3\)"):
        unchecked(np.empty((0, 3)), LEVELS)
    with pytest.raises(OptionError, match="levels="):
        unchecked(np.ones((2, 1)), LEVELS[::-1])
    with pytest.raises(OptionError, match="stride=0"):
        unchecked(np.ones((2, 1)), LEVELS, stride=0)
    with pytest.raises(DataError, match=r"quantiles of shape \(4, 2, 1\)"):
        inspect.unwrap(conformalised_quantiles)(np.ones((4, 2)), np.ones((4, 2, 1)), LEVELS)
