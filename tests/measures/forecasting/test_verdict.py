"""The verdict compares on the same steps, with the best naive forecast, and claims no more than the test allows."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attime.errors import DataError, OptionError
from attime.measures.forecasting import (
    ForecastVerdict,
    forecast_errors,
    forecast_verdict,
    mase_scale,
    naive_forecasts,
    split_conformal,
)

unchecked = inspect.unwrap(forecast_verdict)
LEVELS = np.array([0.1, 0.5, 0.9])


@pytest.fixture(scope="module")
def backtest() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A seasonal series with noise: what came, and the naive forecasts."""
    rng = np.random.default_rng(0)
    series = 10 + 3 * np.sin(np.arange(224) * 2 * np.pi / 12) + rng.normal(size=224)
    windows = np.lib.stride_tricks.sliding_window_view(series, 24)
    return windows[:, 20:], naive_forecasts(windows[:, :20], 4, period=12)


def shifted(actual: np.ndarray, size: float) -> np.ndarray:
    """Return a forecast with errors of about this size."""
    return actual + size * np.random.default_rng(1).normal(size=actual.shape)


class TestSentence:
    def test_better(self, backtest):
        actual, naive = backtest
        found = forecast_verdict(actual, shifted(actual, 0.9), naive)
        naive_mae = np.abs(actual - naive["seasonal_last_value"]).mean()
        assert found.best_naive == "seasonal_last_value"
        assert found.improvement == pytest.approx(100 * (1 - found.errors["model"].mae / naive_mae))
        assert found.sentence == (
            f"Beats the naive forecast (seasonal last value) by {found.improvement:.0f} % in MAE (p < .001)."
        )

    def test_better_by_what_may_be_chance(self, backtest):
        actual, naive = backtest
        found = forecast_verdict(actual[:20], shifted(actual, 1.25)[:20], {n: f[:20] for n, f in naive.items()})
        assert found.improvement > 0
        assert found.sentence.startswith("Cannot be told from the naive forecast (seasonal last value): ")
        assert f"p = {found.test.p_value:.2g}".replace("0.", ".") in found.sentence

    def test_worse(self, backtest):
        actual, naive = backtest
        found = forecast_verdict(actual, shifted(actual, 5), naive)
        assert found.sentence.startswith("Does not beat the naive forecast (seasonal last value): use that (MAE ")

    def test_the_naive_forecast_itself_does_not_beat_it(self, backtest):
        actual, naive = backtest
        found = forecast_verdict(actual, naive["seasonal_last_value"], naive)
        assert "Does not beat" in found.sentence
        assert found.sentence.endswith("p = 1).")
        assert found.improvement == 0

    def test_too_few_origins(self, backtest):
        actual, naive = backtest
        found = forecast_verdict(actual[:1], actual[:1] + 0.01, {"drift": naive["drift"][:1]})
        assert "1 origin is too few for a test" in found.sentence
        assert found.sentence.startswith("Cannot be told")

    def test_a_naive_forecast_without_error_is_not_beaten(self):
        actual = np.ones((10, 2))
        found = forecast_verdict(actual, actual, {"last_value": actual})
        assert np.isnan(found.improvement)
        assert "Does not beat" in found.sentence


@settings(max_examples=20, deadline=None)
@given(size=st.floats(0.01, 4), by=st.sampled_from(["mae", "rmse", "smape"]), n=st.integers(1, 30))
def test_the_best_naive_forecast_stands_beside_the_model(size, by, n):
    rng = np.random.default_rng(n)
    actual = rng.normal(5, 1, (n, 2))
    naive = naive_forecasts(rng.normal(5, 1, (n, 6)), 2)
    found = forecast_verdict(actual, shifted(actual, size), naive, by=by)
    assert getattr(found.errors[found.best_naive], by) == min(getattr(found.errors[name], by) for name in naive)
    if found.sentence.startswith("Beats"):
        assert found.improvement > 0
        assert found.test.p_value < 0.05


def test_twins_of_the_naive_forecast_seldom_beat_it():
    rng = np.random.default_rng(0)

    def judged() -> ForecastVerdict:
        windows = np.lib.stride_tricks.sliding_window_view(rng.normal(size=120).cumsum(), 16)
        contexts, actual = windows[:, :12], windows[:, 12:]
        return forecast_verdict(actual, contexts[:, -1:] + rng.normal(size=actual.shape), naive_forecasts(contexts, 4))

    assert np.mean([judged().sentence.startswith("Beats") for _ in range(25)]) <= 0.05


def test_all_are_measured_on_the_steps_that_all_have(backtest):
    actual, naive = backtest
    gaps = np.where(np.arange(4) == 2, np.nan, naive["drift"])
    found = forecast_verdict(actual, shifted(actual, 1), {**naive, "drift": gaps})
    assert {errors.n_values for errors in found.errors.values()} == {3 * len(actual)}
    assert found.n_left_out == len(actual)
    assert f"{len(actual)} steps are left out" in str(found)


def test_quantiles_and_scale_fill_their_columns(backtest):
    actual, naive = backtest
    forecast = shifted(actual, 0.5)
    quantiles = {
        name: one[..., None] + split_conformal(actual - one, LEVELS)
        for name, one in {"model": forecast, "last_value": naive["last_value"]}.items()
    }
    scale = np.repeat(mase_scale(actual[:1]), len(actual))
    found = forecast_verdict(actual, forecast, naive, by="crps", scale=scale, levels=LEVELS, quantiles=quantiles)
    table = found.to_frame()
    assert list(table.index) == ["model", *naive]
    assert table["mase"].notna().all()
    assert table["crps"].notna().tolist() == [True, True, False, False, False]
    assert found.best_naive == "last_value"
    expected = forecast_errors(actual, forecast, quantiles=quantiles["model"], levels=LEVELS)
    assert table.loc["model", "coverage_80"] == expected.coverage[0]


def test_what_is_printed_is_table_sentence_and_notes(backtest):
    actual, naive = backtest
    found = forecast_verdict(np.where(actual < 6, 0.0, actual), actual, naive)
    *table, sentence, harder, zeros = str(found).splitlines()
    assert table[0].split() == ["MAE", "RMSE", "MAPE", "sMAPE"]
    assert [row.split()[0] for row in table[1:]] == ["model", "last", "seasonal", "drift", "mean"]
    assert sentence == found.sentence
    assert "best of 4 naive forecasts on these same windows" in harder
    assert "left out of MAPE" in zeros


def test_the_dictionary_survives_strict_json(backtest):
    actual, naive = backtest
    found = forecast_verdict(actual, actual, naive).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found


ONES = np.ones((3, 2))


@pytest.mark.parametrize(
    ("naive", "options", "message"),
    [
        ({}, {}, "expected one at least"),
        ({"model": ONES}, {}, "none named 'model'"),
        ({"mean": ONES}, {"by": "maee"}, "did you mean 'mae'"),
        ({"mean": ONES}, {"by": "mase"}, "by='mase' arrived, which cannot be measured"),
        ({"mean": ONES}, {"levels": LEVELS, "quantiles": {"mode": np.ones((3, 2, 3))}}, "did you mean 'model'"),
        ({"mean": ONES}, {"quantiles": {"model": np.ones((3, 2, 3))}}, "pass both"),
    ],
)
def test_options_that_cannot_be_followed_are_refused(naive, options, message):
    with pytest.raises(OptionError, match=message):
        unchecked(ONES, ONES, naive, **options)


def test_forecasts_that_cannot_be_compared_are_refused_by_name():
    with pytest.raises(DataError, match=r"drift of shape \(3, 1\)"):
        unchecked(ONES, ONES, {"drift": np.ones((3, 1))})
    first, second = np.array([[1.0, np.nan]]), np.array([[np.nan, 1.0]])
    with pytest.raises(DataError, match="at no step is there an actual value and also a forecast of each of model, dr"):
        unchecked(np.ones((1, 2)), first, {"drift": second})
