"""What a fit says of itself goes with the model file, and what is not there says why."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from attime.errors import DataError, DataWarning
from attime.estimators.forecasting import AttentionForecaster
from attime.persistence import ModelFile, read_model, write_model


def leaking(n_steps=400):
    y = np.random.default_rng(0).normal(size=n_steps).cumsum()
    frame = pd.DataFrame({"ds": np.arange(n_steps), "y": y})
    return frame.assign(smooth=frame.y.rolling(7, center=True, min_periods=1).mean())


@pytest.fixture(scope="module")
def fitted():
    with pytest.warns(DataWarning, match="know the future"):
        return AttentionForecaster(3, "linear").fit(leaking())


def test_verdict_and_leaks_come_back_from_a_file_as_they_were(fitted, tmp_path):
    fitted.save(tmp_path / "model.attime")
    loaded = AttentionForecaster.load(tmp_path / "model.attime")
    assert str(loaded.verdict_) == str(fitted.verdict_)
    assert json.dumps(loaded.verdict_.to_dict()) == json.dumps(fitted.verdict_.to_dict())
    pd.testing.assert_frame_equal(loaded.verdict_.errors["model"].per_step, fitted.verdict_.errors["model"].per_step)
    assert loaded.leaks_ == fitted.leaks_


def test_a_file_without_them_still_loads_and_says_so_when_they_are_asked_for(fitted, tmp_path):
    path = tmp_path / "model.attime"
    fitted.save(path)
    file = read_model(path)
    older = {name: value for name, value in file.specification.items() if name not in ("verdict", "leaks")}
    write_model(path, ModelFile(older, file.tensors))
    loaded = AttentionForecaster.load(path)
    pd.testing.assert_frame_equal(loaded.predict(), fitted.predict())
    for name, remedy in (("verdict_", r"backtest\(data\)"), ("leaks_", r"leak_check\(frame\)")):
        with pytest.raises(NotFittedError, match=f"{name}.*kept no.*{remedy}"):
            getattr(loaded, name)


def test_what_is_asked_for_before_fit_or_does_not_exist_is_an_attribute_error():
    with pytest.raises(NotFittedError, match="call fit"):
        AttentionForecaster().verdict_  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'verdikt_'"):
        AttentionForecaster().verdikt_  # noqa: B018
    assert not hasattr(AttentionForecaster(3, "linear").fit(leaking().y.to_numpy()), "leaks_")


def test_a_model_from_a_file_asks_for_the_series_to_backtest(tmp_path):
    AttentionForecaster(3, "linear").fit(np.sin(np.arange(80.0))).save(tmp_path / "model.attime")
    loaded = AttentionForecaster.load(tmp_path / "model.attime")
    with pytest.raises(DataError, match="give the series"):
        loaded.backtest()
    assert len(loaded.backtest(np.sin(np.arange(100.0))).origins)
