"""What a forecast says of where it looked: a map of step ahead and time for every network, with real time stamps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attime.errors import OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.nn.networks.forecasting import FORECASTERS, RIM, EncoderDecoderForecaster, PatchForecaster

ATTEND = ("encoder_decoder", "patch")
HORIZON, LOOK_BACK, N_STEPS = 4, 12, 90
MISSING = [80, 85, 89]


def series() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    y = 10 + np.sin(2 * np.pi * np.arange(N_STEPS) / 12) + 0.1 * rng.normal(size=N_STEPS)
    y[MISSING] = np.nan
    short = pd.DataFrame({"unique_id": "short", "ds": pd.date_range("2024-01-03", periods=7, freq="h"), "y": y[:7]})
    stamps = pd.date_range("2024-01-01", periods=N_STEPS, freq="h")
    return pd.concat([pd.DataFrame({"unique_id": "long", "ds": stamps, "y": y}), short], ignore_index=True)


def forecast_of(network):
    forecaster = AttentionForecaster(
        HORIZON, network, look_back=LOOK_BACK, training={"max_epochs": 1}, random_state=0
    ).fit(series())
    return forecaster.forecast()


@pytest.fixture(scope="module", params=["default", "linear", *FORECASTERS])
def forecast(request):
    return request.param, forecast_of(request.param)


class TestEveryNetwork:
    def test_it_has_a_weight_for_each_step_ahead_and_each_step_of_the_past(self, forecast):
        assert forecast[1].look_back.shape == (2, HORIZON, LOOK_BACK)

    def test_attention_comes_first_where_there_is_any_and_what_is_none_is_not_called_so(self, forecast):
        name, found = forecast
        expected = "linear" if name in ("default", "linear") else "look back" if name in ATTEND else "gradient"
        assert found.look_names[0] == expected
        assert "gradient" in found.look_names

    def test_weights_sum_to_one_and_those_of_attention_are_not_negative(self, forecast):
        for name, weights in forecast[1].looks.items():
            np.testing.assert_allclose(weights.sum(axis=2), 1, atol=1e-4)
            assert name != "look back" or weights.min() >= 0

    def test_there_is_nothing_on_steps_that_are_missing_or_lie_before_the_series_begins(self, forecast):
        found = forecast[1]
        for weights in found.looks.values():
            for case, past in enumerate(found.past):
                assert not weights[case][:, np.isnan(past)].any()

    def test_the_frame_has_real_time_stamps(self, forecast):
        frame = forecast[1].look_back_frame()
        long = frame[frame.unique_id == "long"]
        data = series().query("unique_id == 'long'")
        assert set(long.ds_past) == set(data.ds[-LOOK_BACK:])
        assert long.ds_ahead.min() == data.ds.max() + pd.Timedelta("1h")
        short = frame[frame.unique_id == "short"]
        assert short[short.ds_past.isna()].weight.eq(0).all()


def test_weights_of_the_linear_forecast_make_the_forecast_out_of_the_past_also_where_values_are_missing():
    found = forecast_of("linear")
    past = np.nan_to_num(found.past)
    made = np.einsum("cst,ct->cs", found.look("linear"), past)
    np.testing.assert_allclose(made, found.values, rtol=1e-4)


def test_the_gradient_of_a_linear_forecast_is_its_weights():
    found = forecast_of("linear")
    np.testing.assert_allclose(found.look("gradient"), found.look("linear"), atol=1e-5)


def test_the_gradient_says_how_a_forecast_moves_when_a_step_of_the_past_does():
    data, network = series(), FORECASTERS["gru"]
    forecaster = AttentionForecaster(HORIZON, network, look_back=LOOK_BACK, training={"max_epochs": 1}, random_state=0)
    before = forecaster.fit(data).forecast()
    data.loc[84, "y"] += 0.01
    moved = (forecaster.forecast(data).values - before.values)[0] / 0.01
    np.testing.assert_allclose(moved, before.look("gradient")[0, :, LOOK_BACK - 6], atol=2e-3)


@pytest.mark.parametrize("network", [EncoderDecoderForecaster(weigh="sparsemax"), PatchForecaster(n_heads=2)])
def test_weights_of_several_heads_or_with_zeros_are_one_map_all_the_same(network):
    weights = forecast_of(network).look("look back")
    assert weights.shape == (2, HORIZON, LOOK_BACK)
    np.testing.assert_allclose(weights.sum(axis=2), 1, atol=1e-4)


def test_another_name_is_answered_with_those_that_there_are():
    with pytest.raises(OptionError, match="linear, gradient"):
        forecast_of("linear").look("lineer")


@pytest.mark.parametrize("name", ["look back", "gradient"])
def test_some_cases_keep_their_weights(name):
    found = forecast_of("patch")
    some = found.some(np.array([False, True]))
    np.testing.assert_allclose(some.look(name), found.look(name)[1:], atol=1e-6)


class TestModules:
    def test_as_many_are_active_at_each_step_as_were_asked_for_and_none_where_nothing_was_observed(self):
        found = forecast_of(RIM(n_modules=5, n_active=2))
        n_active = found.activation().sum(axis=2)
        assert set(n_active[~np.isnan(found.past)]) == {2}
        assert not n_active[np.isnan(found.past)].any()

    def test_the_frame_has_a_row_for_each_step_and_module_with_its_time(self):
        frame = forecast_of(RIM(n_modules=5, n_active=2)).activation_frame()
        assert frame.columns.tolist() == ["case", "unique_id", "ds", "module", "active", "input"]
        assert len(frame) == 2 * LOOK_BACK * 5
        last = frame[(frame.case == 0) & (frame.ds == series().ds[88])]
        assert last.active.sum() == 2
        assert last.input.between(0, 1).all()

    def test_a_network_without_modules_has_an_empty_frame(self):
        assert forecast_of("linear").activation_frame().empty
