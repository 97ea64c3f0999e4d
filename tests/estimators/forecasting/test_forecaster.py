"""A forecaster goes from what people have to a forecast with limits, says what it looked at, and tells of bad input."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from attime.errors import DataError, DataWarning, ModelFileError, OptionError
from attime.estimators import AttentionClassifier
from attime.estimators.forecasting import AttentionForecaster
from attime.nn.networks.forecasting import FORECASTERS
from attime.training import TrainingOptions


def season(n_steps=300, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return 10 + np.sin(2 * np.pi * np.arange(n_steps) / 12) + noise * rng.normal(size=n_steps)


def frame(n_steps=300, names=("a", "b"), **columns):
    stamps = pd.date_range("2024-01-01", periods=n_steps, freq="h")
    parts = [
        pd.DataFrame({"unique_id": name, "ds": stamps, "y": 5 * number + season(n_steps, seed=number)} | columns)
        for number, name in enumerate(names)
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def fitted():
    return AttentionForecaster(12, "linear").fit(frame())


class TestPrediction:
    def test_there_is_a_row_for_each_series_and_step_ahead_at_the_times_that_come_next(self, fitted):
        found = fitted.predict()
        assert found.unique_id.tolist() == ["a"] * 12 + ["b"] * 12
        expected = pd.date_range("2024-01-01", periods=312, freq="h")[300:]
        assert (found.ds[:12].to_numpy() == expected.to_numpy()).all()

    def test_a_season_is_forecast_nearly_as_well_as_its_noise_allows(self, fitted):
        to_come = np.concatenate([5 * number + season(312, noise=0)[300:] for number in range(2)])
        assert np.sqrt(np.mean((fitted.predict().forecast - to_come) ** 2)) < 0.1

    def test_limits_lie_around_the_forecast_the_wider_the_surer(self, fitted):
        found = fitted.predict()
        columns = ["low_95", "low_80", "forecast", "high_80", "high_95"]
        assert (np.diff(found[columns], axis=1) >= 0).all()

    def test_a_new_context_is_forecast_without_a_new_fit(self, fitted):
        later = frame(360)
        found = fitted.predict(later)
        assert (found.ds.min(), len(found)) == (pd.Timestamp("2024-01-16"), 24)

    def test_level_and_unit_go_through_to_forecast_and_limits(self):
        columns = ["forecast", "low_80", "high_95"]
        plain = AttentionForecaster(5, "linear").fit(season()).predict()[columns]
        moved = AttentionForecaster(5, "linear").fit(100 * season() - 7).predict()[columns]
        np.testing.assert_allclose(moved, 100 * plain - 7, rtol=1e-3)

    def test_equal_data_give_equal_forecasts(self, fitted):
        again = clone(fitted).fit(frame())
        pd.testing.assert_frame_equal(again.predict(), fitted.predict())

    def test_gaps_are_no_obstacle(self):
        gaps = frame()
        gaps.loc[[20, 21, 22, 150, 299, 420], "y"] = np.nan
        found = AttentionForecaster(12, "linear").fit(gaps).predict()
        assert np.isfinite(found.forecast).all()

    def test_what_was_looked_at_stands_with_real_times(self, fitted):
        looked = fitted.forecast().look_back_frame()
        assert looked.ds_past.max() < looked.ds_ahead.min()
        sums = looked.groupby(["unique_id", "ds_ahead"]).weight.sum()
        np.testing.assert_allclose(sums, 1, atol=1e-4)


class TestCovariates:
    def test_one_that_is_known_ahead_is_used_at_the_time_for_which_it_is_known(self):
        known = np.random.default_rng(5).normal(size=320)
        data = pd.DataFrame({"ds": np.arange(320), "y": 3 * known + season(320), "price": known})
        data.loc[310:, "y"] = np.nan
        found = AttentionForecaster(10, "linear").fit(data, future=["price"]).predict()
        expected = 3 * known[310:] + season(320, noise=0)[310:]
        assert np.abs(found.forecast - expected).max() < 0.5

    def test_the_order_of_columns_and_others_beside_them_make_no_difference(self):
        rng = np.random.default_rng(0)
        data = frame(80, wind=rng.normal(size=80), sun=rng.normal(size=80) + 5)
        forecaster = AttentionForecaster(3, "gru", look_back=8, training={"max_epochs": 1}, random_state=0).fit(data)
        moved = data[["sun", "ds", "y", "unique_id", "wind"]].assign(moon=1.0)
        pd.testing.assert_frame_equal(forecaster.predict(moved), forecaster.predict())

    def test_a_column_that_was_there_in_fit_is_asked_for(self):
        forecaster = AttentionForecaster(5, "linear").fit(frame(wind=1.0))
        with pytest.raises(DataError, match="'wind' was there in fit"):
            forecaster.predict(frame())

    def test_what_a_covariate_was_lately_is_used_where_it_helps_alone(self):
        rng = np.random.default_rng(0)
        driver, noise = rng.normal(size=(2, 500))
        y = 0.1 * noise
        y[2:] += driver[:-2]
        data = pd.DataFrame({"ds": np.arange(500), "y": y, "driver": driver, "noise": noise[::-1]})
        forecaster = AttentionForecaster(2, "linear").fit(data)
        assert "what covariates were lately takes 9" in forecaster.reason_
        expected = driver[-2:]
        np.testing.assert_allclose(forecaster.predict().forecast, expected, atol=0.25)
        assert "lately" not in AttentionForecaster(2, "linear").fit(data[["ds", "y", "noise"]]).reason_

    def test_a_covariate_that_is_missing_at_the_end_is_taken_to_have_stayed(self):
        rng = np.random.default_rng(0)
        driver = 500 + rng.normal(size=500).cumsum()
        data = pd.DataFrame({"ds": np.arange(500), "driver": driver, "y": np.r_[driver[0], driver[:-1]]})
        data["y"] += 0.3 * rng.normal(size=500)
        forecaster = AttentionForecaster(2, "linear").fit(data, look_for_leaks=False)
        assert "lately" in forecaster.reason_
        data.loc[496:, "driver"] = np.nan
        assert np.abs(forecaster.predict(data).forecast - data.y.iloc[-1]).max() < 5

    def test_one_that_is_missing_ahead_is_taken_to_stay_and_that_is_said(self):
        rng = np.random.default_rng(7)
        price = 20 + rng.normal(size=310).cumsum() / 3
        data = pd.DataFrame({"ds": np.arange(310), "y": 3 * price + season(310), "price": price})
        data.loc[300:, "y"] = np.nan
        forecaster = AttentionForecaster(10, "linear").fit(data, future="price")
        whole = forecaster.predict().forecast
        data.loc[303, "price"] = np.nan
        with pytest.warns(DataWarning, match="lacks 'price' at 1 of the times ahead"):
            lacking = forecaster.predict(data).forecast
        np.testing.assert_allclose(lacking, whole, atol=3)

    def test_arrays_do_not_stand_in_for_frames_with_covariates(self):
        forecaster = AttentionForecaster(3, "linear").fit(frame(wind=1.0))
        with pytest.raises(DataError, match="fitted with the covariates wind, and ndarray without them arrived"):
            forecaster.predict(season())

    def test_the_calendar_is_known_ahead_by_itself(self):
        stamps = pd.date_range("2024-01-01", periods=60 * 24, freq="h")
        y = np.sin(2 * np.pi * stamps.hour / 24) + 0.3 * np.random.default_rng(0).normal(size=len(stamps))
        forecaster = AttentionForecaster(24, "linear", look_back=3, period=1)
        forecaster.fit(pd.DataFrame({"ds": stamps, "y": y}), calendar=["day"])
        assert np.corrcoef(forecaster.predict().forecast, np.sin(2 * np.pi * np.arange(24) / 24))[0, 1] > 0.98

    def test_without_dates_there_is_no_calendar(self):
        with pytest.raises(DataError, match="column 'ds' holds numbers, expected dates"):
            AttentionForecaster(5, "linear").fit(season(), calendar=["day"])

    def test_what_is_not_known_far_enough_ahead_is_asked_for(self):
        data = pd.DataFrame({"ds": np.arange(300), "y": season(), "price": season(seed=1)})
        forecaster = AttentionForecaster(10, "linear").fit(data, future=["price"])
        with pytest.raises(DataError, match="has 'price' for 0 of 10 steps ahead"):
            forecaster.predict()

    def test_irregular_times_come_with_how_long_each_step_took(self):
        rng = np.random.default_rng(0)
        stamps = pd.Timestamp("2024") + pd.to_timedelta(rng.exponential(3600, size=300).cumsum(), unit="s")
        with pytest.warns(DataWarning, match="lie on no grid"):
            forecaster = AttentionForecaster(3, "linear").fit(pd.DataFrame({"ds": stamps, "y": season()}))
        assert forecaster.plan_.n_features == 2
        assert forecaster.predict().ds.tolist() == [1, 2, 3]

    def test_what_knows_the_future_is_named_before_anything_is_learnt(self):
        data = pd.DataFrame({"ds": np.arange(400), "y": np.random.default_rng(0).normal(size=400).cumsum()})
        data["smooth"] = data.y.rolling(7, center=True, min_periods=1).mean()
        with pytest.warns(DataWarning, match="two_sided_filter in column 'smooth'"):
            forecaster = AttentionForecaster(3, "linear").fit(data)
        assert not forecaster.leaks_.clean


class TestBacktest:
    def test_forecasts_stand_beside_what_happened(self, fitted):
        found = fitted.backtest(n_windows=3, step=12).to_frame()
        assert found.origin.unique().tolist() == [264, 276, 288]
        data = frame().set_index(["unique_id", "ds"]).y
        np.testing.assert_allclose(found.actual, data.loc[list(zip(found.unique_id, found.ds, strict=True))])

    def test_what_happened_after_an_origin_changes_nothing_that_was_forecast_there(self, fitted):
        changed = frame()
        changed.loc[changed.ds >= changed.ds.unique()[288], "y"] += 50.0
        earlier = clone(fitted).fit(frame(288))
        before, after = (earlier.backtest(data, n_windows=1, step=12) for data in (frame(), changed))
        np.testing.assert_array_equal(before.forecast.values, after.forecast.values)
        np.testing.assert_array_equal(before.forecast.low, after.forecast.low)

    @pytest.mark.parametrize("scale", [1.0, 3.0])
    def test_limits_hold_what_they_promise_also_when_errors_become_larger(self, scale):
        rng = np.random.default_rng(0)
        noise = rng.normal(size=4000) * np.where(np.arange(4000) < 2000, 1, scale)
        forecaster = AttentionForecaster(3, "linear").fit(noise[:2000])
        found = forecaster.backtest(noise, n_windows=1000).to_frame()
        inside = (found.actual >= found.low_80) & (found.actual <= found.high_80)
        assert inside.mean() == pytest.approx(0.8, abs=0.03)

    def test_a_model_is_fitted_to_what_came_before_when_the_series_were_learnt_from(self, fitted):
        changed = frame()
        changed.loc[changed.ds >= changed.ds.unique()[264], "y"] += 50.0
        one, other = (clone(fitted).fit(data).backtest(n_windows=3, step=12) for data in (frame(), changed))
        first = one.origins == 264
        np.testing.assert_array_equal(one.forecast.values[first], other.forecast.values[first])

    def test_windows_that_were_learnt_from_are_named(self, fitted):
        with pytest.warns(DataWarning, match="2 of 2 windows begin in steps that the model has learnt from"):
            fitted.backtest(frame(), n_windows=1)

    def test_each_window_can_have_a_model_of_its_own(self, fitted):
        found = fitted.backtest(n_windows=3, step=12, refit=True)
        alone = clone(fitted).set_params(look_back=found.forecast.past.shape[1], period=found.period)
        alone.fit(frame()[lambda rows: rows.ds < rows.ds.unique()[276]])
        np.testing.assert_allclose(found.forecast.values[found.origins == 276], alone.forecast().values, rtol=1e-6)
        assert found.forecast.series == ("a",) * 3 + ("b",) * 3

    def test_without_a_window_it_is_said_what_there_was(self, fitted):
        with pytest.raises(DataError, match="no window of 12 steps comes after what was learnt from"):
            fitted.backtest(frame())

    def test_what_comes_after_the_first_origin_does_not_measure_a_series_that_is_new(self, fitted):
        one, other = frame(names=("c",)), frame(names=("c",))
        other.loc[200:, "y"] *= 10
        with pytest.warns(DataWarning, match="'c' was not there in fit"):
            found = [fitted.backtest(data, n_windows=9, step=12, adaptive=False).forecast for data in (one, other)]
        np.testing.assert_array_equal(found[0].low[:, 0], found[1].low[:, 0])

    def test_few_errors_make_limits_wide_enough(self):
        held = []
        for seed in range(30):
            noise = np.random.default_rng(seed).normal(size=600)
            found = AttentionForecaster(1, "linear", look_back=5, validation_share=0.2).fit(noise[:300])
            rows = found.backtest(noise, n_windows=300).to_frame()
            held.append(((rows.actual >= rows.low_80) & (rows.actual <= rows.high_80)).mean())
        assert np.mean(held) > 0.79

    def test_rows_that_lie_ahead_of_a_series_are_no_windows(self, fitted):
        assert len(fitted.backtest(n_windows=1000).origins) < 2 * 300


class TestFurther:
    def test_fewer_steps_are_the_first_of_the_whole_forecast(self, fitted):
        whole, some = fitted.forecast(), fitted.forecast(horizon=5)
        np.testing.assert_array_equal(some.values, whole.values[:, :5])
        np.testing.assert_array_equal(some.look_back, whole.look_back[:, :5])

    def test_more_steps_begin_with_the_same_and_go_on_with_the_season(self, fitted):
        whole, more = fitted.forecast(), fitted.forecast(horizon=40)
        np.testing.assert_allclose(more.values[:, :12], whole.values, rtol=1e-5)
        np.testing.assert_array_equal(more.low[..., :12], whole.low)
        to_come = np.stack([5 * number + season(340, noise=0)[300:] for number in range(2)])
        assert np.sqrt(np.mean((more.values - to_come) ** 2)) < 0.2
        assert pd.Timestamp(more.stamps[0, -1]) == pd.Timestamp("2024-01-15 03:00")

    def test_limits_of_a_random_walk_grow_with_the_root_of_the_steps(self):
        walk = np.random.default_rng(0).normal(size=3000).cumsum()
        found = AttentionForecaster(10, "linear").fit(walk).forecast(horizon=90)
        width = found.high[0, 0] - found.low[0, 0]
        assert width[-1] / width[9] == pytest.approx(3, rel=0.2)

    def test_no_step_ahead_is_refused(self, fitted):
        with pytest.raises(OptionError, match="horizon=0 arrived"):
            fitted.predict(horizon=0)


class TestSaving:
    def test_what_comes_back_forecasts_the_same_with_and_without_a_new_context(self, tmp_path):
        data = frame(wind=np.random.default_rng(0).normal(size=300), kind="x")
        data.loc[data.unique_id == "b", "kind"] = "z"
        forecaster = AttentionForecaster(6, "linear", random_state=0).fit(data, static=["kind"], calendar=["day"])
        forecaster.save(tmp_path / "model.attime")
        loaded = AttentionForecaster.load(tmp_path / "model.attime")
        pd.testing.assert_frame_equal(loaded.predict(), forecaster.predict())
        pd.testing.assert_frame_equal(loaded.predict(data[:550]), forecaster.predict(data[:550]))
        pd.testing.assert_frame_equal(loaded.predict(horizon=15), forecaster.predict(horizon=15))
        assert loaded.get_params() == forecaster.get_params()

    @pytest.mark.parametrize("network", FORECASTERS)
    def test_every_network_comes_back(self, network, tmp_path):
        forecaster = AttentionForecaster(3, network, look_back=9, training={"max_epochs": 1}, random_state=0)
        forecaster.fit(season(80)).save(tmp_path / "model.attime")
        loaded = AttentionForecaster.load(tmp_path / "model.attime")
        np.testing.assert_allclose(loaded.forecast().values, forecaster.forecast().values, rtol=1e-6)

    def test_another_model_is_named(self, tmp_path):
        path = tmp_path / "model.attime"
        AttentionForecaster(3, "linear").fit(season()).save(path)
        with pytest.raises(ModelFileError, match="holds the model AttentionForecaster, expected AttentionClassifier"):
            AttentionClassifier.load(path)


class TestVerdict:
    def test_a_season_beats_the_naive_forecasts_and_a_random_walk_does_not(self):
        walk = np.random.default_rng(0).normal(size=600).cumsum()
        for series, said in ((season(600), "Beats the naive forecast"), (walk, "naive forecast")):
            verdict = AttentionForecaster(6, "linear").fit(series).verdict_
            assert said in verdict.sentence
            assert {"model", "last_value", "drift", "mean", "ridge"} <= set(verdict.errors)
        assert not verdict.sentence.startswith("Beats")


class TestForms:
    def test_series_that_are_numbers_stay_numbers(self):
        data = frame().assign(unique_id=lambda rows: (rows.unique_id == "b").astype(int) + 7)
        found = AttentionForecaster(3, "linear").fit(data).predict()
        assert found.unique_id.tolist() == [7] * 3 + [8] * 3

    @pytest.mark.parametrize(
        "form",
        [
            lambda rows: rows.set_index("ds").y,
            lambda rows: rows.set_index("ds")[["y"]],
            lambda rows: rows.set_index(["unique_id", "ds"]),
            lambda rows: rows.assign(ds=rows.ds.astype(str)).set_index("ds"),
            lambda rows: rows.set_index(pd.PeriodIndex(rows.ds, freq="h")).y,
            lambda rows: rows.assign(ds=pd.PeriodIndex(rows.ds, freq="h")),
        ],
    )
    def test_times_may_stand_in_the_index_and_may_be_periods(self, form):
        expected = AttentionForecaster(3, "linear").fit(frame(names=("a",))).predict()
        given = form(frame(names=("a",)))
        forecaster = AttentionForecaster(3, "linear").fit(given)
        for found in (forecaster.predict(), forecaster.predict(given)):
            np.testing.assert_array_equal(found.ds, expected.ds)
            np.testing.assert_allclose(found.forecast, expected.forecast)

    def test_days_that_may_be_months_are_asked_about(self):
        data = pd.DataFrame({"ds": [f"01/{month:02d}/2020" for month in range(1, 13)] * 1, "y": np.arange(12.0)})
        with pytest.raises(DataError, match="day and month cannot be told apart"):
            AttentionForecaster(2, "linear").fit(data)


class TestBadInput:
    @pytest.mark.parametrize(
        "given",
        [{"look_back": -3}, {"look_back": 5000}, {"period": 0}, {"horizon": 2.5}, {"validation_share": 1.5},
         {"coverage": ()}, {"coverage": (0.8, 0.8)}, {"coverage": 0.8}],
    )  # fmt: skip
    def test_options_that_cannot_be_are_named(self, given):
        with pytest.raises(OptionError, match=f"{next(iter(given))}="):
            AttentionForecaster(**{"horizon": 5, "network": "linear", **given}).fit(season())

    @pytest.mark.parametrize("horizon", [2.5, "3", 0])
    def test_a_horizon_of_predict_that_is_no_number_of_steps_is_named(self, horizon):
        with pytest.raises(OptionError, match=r"horizon=.* arrived, expected a whole number"):
            AttentionForecaster(3, "linear").fit(season()).predict(horizon=horizon)

    @pytest.mark.parametrize("given", [{"n_windows": 2.0}, {"n_windows": 0}, {"step": 0}])
    def test_windows_of_a_backtest_that_cannot_be_are_named(self, given):
        with pytest.raises(OptionError, match=f"{next(iter(given))}=.* arrived, expected a whole number"):
            AttentionForecaster(3, "linear").fit(season()).backtest(**given)

    def test_a_target_beside_the_series_is_refused(self):
        with pytest.raises(OptionError, match="y arrived beside the series"):
            AttentionForecaster(3, "linear").fit(season()[:-1], season()[1:])

    @pytest.mark.parametrize("training", [{"validation_share": 0.5}, TrainingOptions(validation_share=0.5)])
    def test_a_share_of_cases_is_not_taken_for_one_of_steps(self, training):
        with pytest.raises(OptionError, match=r"give AttentionForecaster\(validation_share=\)"):
            AttentionForecaster(3, "linear", training=training).fit(season())

    def test_before_fit_there_is_nothing_to_predict_by(self):
        with pytest.raises(NotFittedError):
            AttentionForecaster().predict()

    def test_a_horizon_longer_than_the_series_is_refused(self):
        with pytest.raises(DataError, match="more than the horizon of 50"):
            AttentionForecaster(50, "linear").fit(season(40))

    def test_no_step_ahead_is_refused(self):
        with pytest.raises(OptionError, match="horizon=0 arrived"):
            AttentionForecaster(0).fit(season())

    def test_a_constant_series_is_forecast_to_stay(self):
        found = AttentionForecaster(4, "linear").fit(np.full(100, 7.0)).predict()
        assert found.forecast.tolist() == [7.0] * 4

    def test_a_series_that_was_not_there_in_fit_is_forecast_and_that_is_said(self, fitted):
        with pytest.warns(DataWarning, match="'c' was not there in fit"):
            found = fitted.predict(frame(names=("c",)))
        assert np.isfinite(found.forecast).all()

    @pytest.mark.parametrize("coverage", [(0.0,), (1.0,), (80,)])
    def test_limits_need_probabilities(self, coverage):
        with pytest.raises(OptionError, match="coverage="):
            AttentionForecaster(4, "linear", coverage=coverage).fit(season(100))


class TestNetworks:
    def test_attention_is_kept_where_it_improves_on_a_line(self):
        chaos = [0.3]
        for _ in range(900):
            chaos.append(3.8 * chaos[-1] * (1 - chaos[-1]))
        fitted = AttentionForecaster(1, look_back=4, training={"max_epochs": 20}, random_state=0).fit(np.array(chaos))
        assert "attention beside it takes" in fitted.reason_
        assert fitted.verdict_.errors["model"].mae < 0.7 * fitted.verdict_.errors["ridge"].mae

    def test_attention_is_left_out_where_it_does_not(self):
        fitted = AttentionForecaster(4, training={"max_epochs": 2}, random_state=0).fit(season(200))
        assert "attention beside it would change" in fitted.reason_
        alone = AttentionForecaster(4, "linear").fit(season(200))
        pd.testing.assert_frame_equal(fitted.predict(), alone.predict())

    @pytest.mark.parametrize("network", list(FORECASTERS))
    def test_every_network_forecasts_within_limits(self, network):
        forecaster = AttentionForecaster(3, network, look_back=8, training={"max_epochs": 1}, random_state=0)
        found = forecaster.fit(frame(80, price=np.arange(80.0)), future=()).predict()
        assert np.isfinite(found.drop(columns=["unique_id", "ds"])).all(axis=None)

    def test_a_network_that_is_none_is_refused(self):
        with pytest.raises(OptionError, match="network"):
            AttentionForecaster(4, "oracle").fit(season(100))
