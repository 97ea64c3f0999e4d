"""Times that come with a zone come back in it, in every frame, with and without a model file."""

import numpy as np
import pandas as pd
import pytest

from attime.estimators.forecasting import AttentionForecaster
from attime.explain.forecasting import importance


def frame(stamps):
    y = 10 + np.sin(2 * np.pi * np.arange(len(stamps)) / 12) + 0.1 * np.random.default_rng(0).normal(size=len(stamps))
    return pd.DataFrame({"ds": stamps, "y": y})


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "+05:30"])
@pytest.mark.parametrize(
    ("start", "frequency"), [("2024-01-01", "h"), ("2024-01-01", "D"), ("2024-01-01", "MS"), ("2023-11-18 12:00", "D")]
)  # of the last the steps ahead lie where clocks change
def test_forecasts_go_on_as_pandas_does_in_the_zone_that_the_times_came_in(zone, start, frequency):
    stamps = pd.date_range(start, periods=133, freq=frequency, tz=zone)
    found = AttentionForecaster(5, "linear").fit(frame(stamps[:128])).predict()
    assert found.ds.dt.tz is not None
    assert found.ds.tolist() == stamps[128:].tolist()
    assert str(found.ds.dt.tz) == str(stamps.tz)


def test_every_frame_and_a_model_from_a_file_keep_the_zone(tmp_path):
    stamps = pd.date_range("2024-03-28", periods=200, freq="h", tz="Europe/Berlin")  # the clocks change on the 31st
    forecaster = AttentionForecaster(5, "rim", look_back=8, training={"max_epochs": 1}, random_state=0)
    forecaster.fit(frame(stamps))
    forecaster.save(tmp_path / "model.attime")
    loaded = AttentionForecaster.load(tmp_path / "model.attime")
    forecast = loaded.forecast()
    looked = forecast.look_back_frame()
    backtest = forecaster.backtest(n_windows=3).to_frame()
    for times in (
        loaded.predict().ds,
        loaded.predict(horizon=9).ds,
        looked.ds_ahead,
        looked.ds_past,
        forecast.activation_frame().ds,
        backtest.ds,
        importance(forecaster, n_repeats=1, n_blocks=1).by_origin_frame().ds,
    ):
        assert str(times.dt.tz) == "Europe/Berlin"
    assert set(looked.ds_past) == set(stamps[-8:])
    assert backtest.ds.max() == stamps[-1]


@pytest.mark.parametrize("start", ["2023-12-01", "2023-12-01 07:30"])
def test_days_in_a_file_are_days_when_its_offsets_change(start):
    stamps = pd.date_range(start, periods=403, freq="D", tz="Europe/Berlin")  # from winter to winter
    found = AttentionForecaster(3, "linear").fit(frame(stamps[:400].astype(str))).predict()
    assert found.ds.tolist() == stamps[400:].tz_localize(None).tolist()


def test_text_with_a_zone_comes_back_with_it_and_times_without_one_without():
    text = pd.date_range("2024-01-01", periods=100, freq="h").strftime("%Y-%m-%dT%H:%M")
    for written, zone in ((text + "+02:00", "UTC+02:00"), (text + "Z", "UTC"), (text, "None")):
        found = AttentionForecaster(3, "linear").fit(frame(written)).predict()
        assert str(found.ds.dt.tz) == zone
        assert found.ds[0] == pd.Timestamp(written[-1]) + pd.Timedelta("1h")
