"""Errors are those of the books and of scikit-learn; what cannot be measured is passed over and said."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from sklearn import metrics

from attime.errors import DataError, OptionError
from attime.measures.forecasting import forecast_errors, mase_scale
from attime.measures.forecasting.losses import MEASURES

unchecked = inspect.unwrap(forecast_errors)
LEVELS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])


@pytest.fixture
def some() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    actual = rng.normal(10, 3, (40, 5))
    return actual, actual + rng.normal(size=(40, 5)), actual[..., None] + rng.normal(size=(40, 5, 1)) + norm.ppf(LEVELS)


def test_they_agree_with_scikit_learn(some):
    actual, forecast, quantiles = some
    found = forecast_errors(actual, forecast, quantiles=quantiles, levels=LEVELS)
    flat = actual.ravel(), forecast.ravel()
    assert found.mae == pytest.approx(metrics.mean_absolute_error(*flat))
    assert found.rmse == pytest.approx(metrics.root_mean_squared_error(*flat))
    assert found.mape == pytest.approx(100 * metrics.mean_absolute_percentage_error(*flat))
    pinball = [
        metrics.mean_pinball_loss(flat[0], quantiles[..., i].ravel(), alpha=level) for i, level in enumerate(LEVELS)
    ]
    np.testing.assert_allclose(found.pinball, pinball)
    assert found.crps == pytest.approx(2 * np.mean(pinball))
    assert found.per_step.loc[3, "mae"] == pytest.approx(metrics.mean_absolute_error(actual[:, 2], forecast[:, 2]))
    assert found.per_step.loc[3, "rmse"] == pytest.approx(metrics.root_mean_squared_error(actual[:, 2], forecast[:, 2]))


def test_they_agree_with_a_calculation_by_hand():
    actual, forecast = np.array([[2.0, 4.0], [1.0, 8.0]]), np.array([[1.0, 4.0], [3.0, 4.0]])
    found = forecast_errors(actual, forecast, scale=np.array([0.5, 2.0]))
    assert found.mae == (1 + 0 + 2 + 4) / 4
    assert found.rmse == pytest.approx(np.sqrt((1 + 0 + 4 + 16) / 4))
    assert found.mape == pytest.approx(100 * (1 / 2 + 0 + 2 + 4 / 8) / 4)
    assert found.smape == pytest.approx(200 * (1 / 3 + 0 + 2 / 4 + 4 / 12) / 4)
    assert found.mase == pytest.approx((2 + 0 + 1 + 2) / 4)


def test_many_levels_give_the_crps_of_a_normal_distribution():
    levels = np.arange(1, 1000) / 1000
    actual = np.array([[0.0, 1.5]])
    found = forecast_errors(actual, np.zeros((1, 2)), quantiles=np.tile(norm.ppf(levels), (1, 2, 1)), levels=levels)
    exact = actual * (2 * norm.cdf(actual) - 1) + 2 * norm.pdf(actual) - 1 / np.sqrt(np.pi)
    assert found.crps == pytest.approx(exact.mean(), rel=0.01)


def test_coverage_counts_the_ends_and_is_kept_step_by_step():
    actual = np.array([[0.0, 0.0], [1.0, 5.0], [2.0, np.nan]])
    quantiles = np.tile([-1.0, -0.5, 1.0], (3, 2, 1))
    found = forecast_errors(actual, np.zeros((3, 2)), quantiles=quantiles, levels=np.array([0.1, 0.4, 0.9]))
    np.testing.assert_allclose(found.nominal, [0.8])
    np.testing.assert_allclose(found.coverage, [3 / 5])
    np.testing.assert_allclose(found.width, [2.0])
    np.testing.assert_allclose(found.per_step["coverage_80"], [2 / 3, 1 / 2])


def test_intervals_go_from_narrow_to_wide(some):
    actual, forecast, quantiles = some
    found = forecast_errors(actual, forecast, quantiles=quantiles, levels=LEVELS)
    np.testing.assert_allclose(found.nominal, [0.5, 0.8])
    assert found.width[0] < found.width[1]
    assert found.coverage[0] < found.coverage[1]
    assert list(found.to_row()) == list(found.per_step.columns)


def test_infinite_quantiles_cover_everything():
    quantiles = np.tile([-np.inf, np.inf], (2, 1, 1))
    found = forecast_errors(np.ones((2, 1)), np.ones((2, 1)), quantiles=quantiles, levels=np.array([0.1, 0.9]))
    assert found.coverage.tolist() == [1.0]
    assert found.width.tolist() == [np.inf]


@settings(max_examples=25, deadline=None)
@given(arrays(bool, (6, 3)), arrays(bool, (6, 3)))
def test_what_is_missing_changes_nothing_else(missing, unforecast):
    rng = np.random.default_rng(0)
    actual, forecast = rng.normal(5, 1, (6, 3)), rng.normal(5, 1, (6, 3))
    gone = missing | unforecast
    if gone.all():
        return
    found = forecast_errors(np.where(missing, np.nan, actual), np.where(unforecast, np.nan, forecast))
    assert found.mae == pytest.approx(np.abs(actual - forecast)[~gone].mean())
    assert found.n_values == np.sum(~gone)
    assert found.n_without_forecast == np.sum(unforecast & ~missing)
    np.testing.assert_array_equal(np.isnan(found.per_step["mae"]), gone.all(axis=0))


class TestZeros:
    def test_are_left_out_of_mape_and_counted(self):
        found = forecast_errors(np.array([[0.0, 2.0, np.nan]]), np.array([[3.0, 1.0, 0.0]]))
        assert found.mape == 50
        assert found.n_left_out_of_mape == 1
        assert found.notes == ("1 step has an actual value of zero and is left out of MAPE.",)

    def test_alone_leave_no_mape(self):
        found = forecast_errors(np.zeros((2, 2)), np.ones((2, 2)))
        assert np.isnan(found.mape)
        assert found.n_left_out_of_mape == 4
        assert found.smape == 200

    def test_forecast_as_zeros_have_no_symmetric_error(self):
        assert forecast_errors(np.zeros((1, 2)), np.zeros((1, 2))).smape == 0


class TestScale:
    def test_is_the_mean_absolute_error_of_the_seasonal_naive_forecast(self):
        history = np.array([[1.0, 5.0, 2.0, 8.0, np.nan, 7.0]])
        assert mase_scale(history, period=2).tolist() == [(1 + 3 + 1) / 3]

    def test_makes_the_naive_forecast_of_the_training_part_cost_one(self):
        series = np.random.default_rng(0).normal(size=(1, 50)).cumsum(axis=1)
        found = forecast_errors(series[:, 3:], series[:, :-3], scale=mase_scale(series, period=3))
        assert found.mase == pytest.approx(1)

    def test_of_a_series_that_never_changes_is_unknown_and_its_windows_are_counted(self):
        scale = mase_scale(np.array([[3.0, 3.0, 3.0], [1.0, 2.0, 3.0]]))
        found = forecast_errors(np.zeros((2, 2)), np.array([[1.0, 1.0], [2.0, 2.0]]), scale=scale)
        assert found.mase == 2
        assert found.n_left_out_of_mase == 2

    def test_of_a_history_shorter_than_a_season_is_unknown(self):
        assert np.isnan(mase_scale(np.array([[1.0, 2.0]]), period=2)).all()


def test_the_dictionary_survives_strict_json(some):
    actual, forecast, quantiles = some
    found = forecast_errors(actual, forecast, quantiles=quantiles, levels=LEVELS).to_dict()
    assert found["mase"] is None
    assert set(MEASURES) < set(found["per_step"])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("actual", "forecast", "options", "message"),
    [
        (np.ones(3), np.ones(3), {}, r"shape \(3,\) arrived, expected \(window, step\)"),
        (np.empty((0, 3)), np.empty((0, 3)), {}, "one of each at least"),
        (ONES, np.ones((2, 2)), {}, r"forecast of shape \(2, 2\)"),
        (ONES * np.inf, ONES, {}, "actual values: 6 infinite"),
        (ONES, -ONES * np.inf, {}, "forecast: 6 infinite"),
        (ONES, ONES * np.nan, {}, "at no step"),
        (ONES, ONES, {"scale": np.ones(3)}, r"scale of shape \(3,\)"),
        (ONES, ONES, {"scale": -np.ones(2)}, "at least 0"),
        (ONES, ONES, {"quantiles": np.ones((2, 3, 1)), "levels": np.array([0.1, 0.9])}, r"\(2, 3, 2\)"),
    ],
)
def test_what_cannot_be_compared_is_refused(actual, forecast, options, message):
    with pytest.raises(DataError, match=message):
        unchecked(actual, forecast, **options)


@pytest.mark.parametrize("levels", [[0.9, 0.1], [0.0, 0.5], [0.5, 1.0], [0.5, 0.5], [], [np.nan]])
def test_levels_that_do_not_increase_between_0_and_1_are_refused(levels):
    with pytest.raises(OptionError, match="increasing order"):
        forecast_errors(ONES, ONES, quantiles=np.ones((2, 3, len(levels))), levels=np.array(levels, dtype=float))


def test_quantiles_come_with_their_levels():
    with pytest.raises(OptionError, match="pass both"):
        forecast_errors(ONES, ONES, quantiles=np.ones((2, 3, 1)))


@settings(max_examples=25, deadline=None)
@given(arrays(float, (4, 2), elements=st.floats(-1e6, 1e6)), arrays(float, (4, 2), elements=st.floats(-1e6, 1e6)))
def test_symmetric_error_is_symmetric_and_bounded(actual, forecast):
    found = forecast_errors(actual, forecast)
    assert found.smape == pytest.approx(forecast_errors(forecast, actual).smape)
    assert 0 <= found.smape <= 200 + 1e-9
