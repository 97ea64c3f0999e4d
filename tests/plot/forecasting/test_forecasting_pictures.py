"""What a picture of a forecast owes its reader: the numbers as they are, at their real times, and what was measured."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.dates import date2num

from attime.errors import DataError, DataWarning, OptionError
from attime.estimators.forecasting import AttentionForecaster
from attime.explain.forecasting import importance
from attime.plot import (
    plot_activation,
    plot_backtest,
    plot_errors_by_step,
    plot_forecast,
    plot_importance,
    plot_look_back,
    plot_verdict,
)

HORIZON, LOOK_BACK, N_STEPS = 6, 24, 300


def data(n_steps=N_STEPS, **columns):
    rng = np.random.default_rng(0)
    y = 10 + np.sin(2 * np.pi * np.arange(n_steps) / 12) + 0.1 * rng.normal(size=n_steps)
    frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=n_steps, freq="h"), "y": y, **columns})
    return pd.concat([frame.assign(unique_id="a"), frame.assign(unique_id="b", y=2 * y)], ignore_index=True)


@pytest.fixture(scope="module")
def fitted():
    return AttentionForecaster(HORIZON, "linear", look_back=LOOK_BACK).fit(data())


@pytest.fixture(scope="module")
def forecast(fitted):
    return fitted.forecast()


@pytest.fixture(scope="module")
def backtest(fitted):
    return fitted.backtest(n_windows=30)


@pytest.fixture(scope="module")
def modules():
    options = {"look_back": LOOK_BACK, "training": {"max_epochs": 1}, "random_state": 0}
    return AttentionForecaster(HORIZON, "rim", **options).fit(data(70))


@pytest.fixture(scope="module")
def found():
    price = np.random.default_rng(1).normal(size=N_STEPS)
    frame = data(price=price)
    frame["y"] += 3 * price[np.arange(len(frame)) % N_STEPS]
    return importance(AttentionForecaster(HORIZON, "linear", look_back=LOOK_BACK).fit(frame, future=["price"]))


def line(ax, label):
    return next(one for one in ax.lines if one.get_label() == label)


def numbers(ax):
    return {text.get_text() for text in ax.texts}


class TestEveryPicture:
    @pytest.fixture(params=range(9))
    def draw(self, request, forecast, backtest, modules, found):
        return (
            lambda ax=None: plot_forecast(forecast, 1, ax=ax),
            lambda ax=None: plot_look_back(forecast, 1, ax=ax),
            lambda ax=None: plot_backtest(backtest, "b", step=2, ax=ax),
            lambda ax=None: plot_errors_by_step(backtest, ax=ax),
            lambda ax=None: plot_verdict(backtest.verdict(), ax=ax),
            lambda ax=None: plot_activation(modules.forecast(), ax=ax),
            lambda ax=None: plot_importance(found, ax=ax),
            lambda ax=None: plot_importance(found, over="step", ax=ax),
            lambda ax=None: plot_importance(found, over="origin", ax=ax),
        )[request.param]

    def test_it_can_be_drawn_on_axes_that_are_there_and_on_its_own_and_leaves_no_figure_open(self, draw):
        ax = draw()
        ax.figure.savefig(io.BytesIO())
        assert not plt.get_fignums()
        figure, given = plt.subplots(layout="constrained")
        assert draw(given) is given
        figure.savefig(io.BytesIO())
        plt.close(figure)


class TestForecast:
    def test_past_and_forecast_stand_at_their_real_times(self, forecast):
        ax = plot_forecast(forecast, 1)
        np.testing.assert_array_equal(line(ax, "past").get_xdata(), date2num(forecast.past_stamps[1]))
        np.testing.assert_array_equal(line(ax, "forecast").get_xdata(), date2num(forecast.stamps[1]))
        np.testing.assert_array_equal(line(ax, "forecast").get_ydata(), forecast.values[1])

    def test_the_strip_is_the_mean_weight_over_steps_ahead(self, forecast):
        meshes = [one for one in plot_forecast(forecast, 0, n_past=10).collections if hasattr(one, "get_coordinates")]
        drawn = np.asarray(meshes[0].get_array()).ravel()
        np.testing.assert_allclose(drawn, forecast.look_back[0].mean(axis=0)[-10:], rtol=1e-6)

    def test_what_happened_stands_beside_it(self, backtest):
        ax = plot_forecast(backtest.forecast, 3, actual=backtest.actual[3])
        np.testing.assert_array_equal(line(ax, "what happened").get_ydata(), backtest.actual[3])

    def test_a_case_that_is_not_there_or_an_actual_of_another_length_is_refused(self, forecast):
        with pytest.raises(OptionError, match="case is 2"):
            plot_forecast(forecast, 2)
        with pytest.raises(OptionError, match="n_past is 0"):
            plot_look_back(forecast, n_past=0)
        with pytest.raises(DataError, match="as many steps"):
            plot_forecast(forecast, 0, actual=np.zeros(HORIZON + 1))

    def test_beyond_the_horizon_there_is_a_forecast_but_no_strip_and_no_map(self, fitted):
        further = fitted.forecast(horizon=HORIZON + 2)
        assert len(plot_forecast(further).figure.axes) == 1
        with pytest.raises(OptionError, match="beyond the horizon"):
            plot_look_back(further)

    def test_a_series_shorter_than_what_is_read_begins_where_it_begins(self, fitted):
        short = data().groupby("unique_id").head(9)
        forecast = fitted.forecast(short)
        assert len(line(plot_forecast(forecast), "past").get_xdata()) == 9
        left = plot_look_back(forecast).get_xlim()[0]
        assert left == pytest.approx(date2num(short.ds.min()) - 0.5 / 24)

    def test_steps_ahead_of_times_on_no_grid_follow_at_the_usual_distance(self):
        wait = np.random.default_rng(0).uniform(0.5, 1.5, 100).cumsum()
        uneven = pd.DataFrame({"ds": pd.Timestamp("2024-01-01") + pd.to_timedelta(wait, unit="h"), "y": np.sin(wait)})
        with pytest.warns(DataWarning, match="lie on no grid"):
            forecaster = AttentionForecaster(3, "linear", look_back=10).fit(uneven)
        ax = plot_forecast(forecaster.forecast())
        distances = np.diff(line(ax, "forecast").get_xdata(), prepend=date2num(uneven.ds.max())) * 24
        np.testing.assert_allclose(distances, np.median(np.diff(wait[-10:])), rtol=1e-3)

    def test_times_that_are_numbers_have_a_name(self):
        forecaster = AttentionForecaster(3, "linear").fit(np.sin(np.arange(100) / 3))
        assert plot_look_back(forecaster.forecast()).get_xlabel() == "ds"


class TestBacktest:
    def test_the_title_says_what_share_the_limits_of_this_step_hold(self, backtest):
        own = np.array(backtest.forecast.series) == "a"
        actual = backtest.actual[own, 2]
        held = (backtest.forecast.low[0][own, 2] <= actual) & (actual <= backtest.forecast.high[0][own, 2])
        title = plot_backtest(backtest, "a", step=2).get_title(loc="left")
        assert title.startswith(f"3 steps ahead: 80 % limits hold {100 * held.mean():.0f} %")
        assert title.endswith("of 30")

    def test_a_series_or_step_that_is_not_there_is_refused(self, backtest):
        with pytest.raises(OptionError, match="series 'c' is unknown"):
            plot_backtest(backtest, "c")
        with pytest.raises(OptionError, match="series is 2"):
            plot_backtest(backtest, 2)
        with pytest.raises(OptionError, match="step is 6"):
            plot_backtest(backtest, step=6)

    def test_errors_by_step_are_those_of_the_verdict(self, backtest):
        verdict = backtest.verdict()
        ax = plot_errors_by_step(backtest, by="rmse")
        np.testing.assert_array_equal(line(ax, "model").get_ydata(), verdict.errors["model"].per_step["rmse"])
        assert {one.get_label() for one in ax.lines} == {name.replace("_", " ") for name in verdict.errors}

    def test_the_verdict_is_drawn_under_its_sentence_the_lowest_error_on_top(self, backtest):
        verdict = backtest.verdict()
        ax = plot_verdict(verdict)
        assert ax.get_title(loc="left").replace("\n", " ") == verdict.sentence
        names = [label.get_text().replace(" ", "_") for label in ax.get_yticklabels()]
        assert names == sorted(names, key=lambda name: verdict.errors[name].mae)
        assert f"{verdict.errors['model'].mae:.4g}" in numbers(ax)


class TestActivation:
    def test_a_cell_is_dark_where_a_module_was_active_and_white_elsewhere(self, modules):
        forecast = modules.forecast()
        ax = plot_activation(forecast, 1, beside={"other": np.arange(LOOK_BACK)})
        (mesh,) = [one for one in ax.collections if hasattr(one, "get_coordinates")]
        drawn = np.asarray(mesh.get_array()).reshape(-1, LOOK_BACK)
        np.testing.assert_array_equal(drawn > 0, forecast.activation()[1].T > 0)

    def test_of_a_backtest_the_last_step_of_each_window_goes_on_over_time(self, modules):
        found = modules.backtest(data(100), n_windows=20).forecast
        one = found.some(np.array(found.series) == "a")
        ax = plot_activation(one, None)
        np.testing.assert_array_equal(line(ax, "series").get_xdata(), date2num(one.past_stamps[:, -1]))
        with pytest.raises(DataError, match="2 series"):
            plot_activation(found, None)

    def test_a_network_without_modules_or_a_series_of_another_length_is_refused(self, forecast, modules):
        with pytest.raises(DataError, match="no modules"):
            plot_activation(forecast)
        with pytest.raises(DataError, match="'other' has 3 numbers"):
            plot_activation(modules.forecast(), beside={"other": np.zeros(3)})


class TestImportance:
    def test_the_numbers_stand_beside_the_dots(self, found):
        ax = plot_importance(found)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["y", "price"]
        assert any(text.startswith(f"{found.rise[1]:.3g} (+") for text in numbers(ax))

    def test_another_form_is_refused(self, found):
        with pytest.raises(OptionError, match="step, origin"):
            plot_importance(found, over="time")
