"""What a graph says is what the estimator says, for every kind of network, several shapes, and gaps."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from attime import AttentionClassifier, AttentionDetector, AttentionForecaster, AttentionRegressor, SeriesSet
from attime.estimators.recipes import RECIPES
from attime.estimators.scaling import SCALES
from attime.export import OnnxModel, to_onnx
from attime.nn import Convolutional, Dictionary, Mixture, Network, Recurrent, Transformer
from attime.nn.networks.detection import (
    RECONSTRUCTORS,
    ForecastAttention,
    MaskedTransformer,
    PlainRecurrent,
    Reconstructor,
    VariationalRecurrent,
)
from attime.nn.networks.forecasting import (
    FORECASTERS,
    RIM,
    EncoderDecoderForecaster,
    Forecaster,
    PatchForecaster,
    RecurrentForecaster,
    VariateForecaster,
)

PATCHES = partial(PatchForecaster, d_model=8, n_heads=2, n_layers=1)
CONVOLUTIONAL = Convolutional(width=8, stride=4, looks=2, dilations=(1, 2))
NETWORKS: dict[str, Network] = {
    "default": CONVOLUTIONAL,
    "convolutional": Convolutional(width=8, stride=2, dilations=(1,), channels="attention", looks=1),
    "dictionary": Dictionary(families=("levels", "winners", "values_by_16th", "pairs"), n_dilations=1),
    "bilstm": Recurrent(hidden=4, layers=2),
    "transformer": Transformer(d_model=8, n_heads=2, n_layers=1, patch=3),
    "lstm": Recurrent(hidden=4, bidirectional=False, score="dot", sigmoid=True),
    "reference": Recurrent(hidden=4, cell="gru", sigmoid=True, initial="keras"),
}
FORECASTS: dict[str, str | Forecaster] = {
    "linear": "linear",
    "rnn": RecurrentForecaster(hidden=4, cell="rnn"),
    "gru": RecurrentForecaster(hidden=4, cell="gru"),
    "lstm": RecurrentForecaster(hidden=4, layers=2),
    "encoder_decoder": EncoderDecoderForecaster(hidden=4),
    "patch": PATCHES(),
    "variate": VariateForecaster(d_model=8, n_heads=2, n_layers=1),
    "rim": RIM(n_modules=2, n_active=1, hidden=4, n_heads=1),
}
AUTOENCODERS: dict[str, Reconstructor] = {
    "recurrent": PlainRecurrent(hidden=4, d_code=2),
    "variational": VariationalRecurrent(hidden=4, d_code=2, d_context=2),
    "masked": MaskedTransformer(d_model=8, n_heads=2, n_layers=1),
    "forecast": ForecastAttention(forecaster=PATCHES()),
}
ONE_EPOCH: dict[str, Any] = {"training": {"max_epochs": 1}, "random_state": 0}


def slow_but(*names: str, among: Any) -> list[Any]:
    """Mark all others as slow: to trace a graph takes seconds."""
    return [name if name in names else pytest.param(name, marks=pytest.mark.slow) for name in among]


def waves(n_cases: int = 40, n_steps: int = 30, *, level: float = 0.0) -> SeriesSet:
    """Return series of two channels, some with gaps, some that end early, of two classes."""
    rng = np.random.default_rng([n_cases, n_steps])
    slopes = np.arange(n_cases)[:, None, None] % 2 * np.linspace(-2, 2, n_steps)
    values = level + slopes + rng.normal(size=(n_cases, 2, n_steps))
    values[1::3, :, 5:8] = np.nan
    values[2::3, :, n_steps - 6 :] = np.nan
    return SeriesSet.of(values.astype(np.float32), np.array(["down", "up"])[np.arange(n_cases) % 2])


def same(found: np.ndarray, expected: np.ndarray) -> bool:
    """Whether numbers agree to 1e-5 of their size."""
    size = float(np.nanmax(np.abs(expected)))
    return found.shape == expected.shape and np.allclose(found, expected, rtol=0, atol=1e-5 * size, equal_nan=True)


def assert_alike(estimator: AttentionClassifier | AttentionRegressor, path: Any, *shapes: tuple[int, int]) -> None:
    """Compare a file with the estimator that it was made from."""
    model = OnnxModel(path)
    for n_cases, n_steps in shapes:
        series = waves(n_cases, n_steps)
        looked = model.explain(series)
        if isinstance(estimator, AttentionClassifier):
            assert same(looked.prediction, estimator.predict_proba(series))
            assert same(looked.maps["logits"], estimator.logits(series))
            assert (model.predict(series) == estimator.predict(series)).all()
        else:
            assert same(model.predict(series), estimator.predict(series))
        assert same(looked.evidence, estimator.evidence(series))
        assert same(looked.attention, estimator.attention(series))


@pytest.mark.parametrize("name", slow_but("default", among=RECIPES))
@pytest.mark.filterwarnings("ignore:.*series of 41 steps")
def test_a_classifier_says_the_same(name, tmp_path):
    classifier = AttentionClassifier(NETWORKS[name], **ONE_EPOCH).fit(waves())
    to_onnx(classifier, tmp_path / "model.onnx")
    assert_alike(classifier, tmp_path / "model.onnx", (1, 30), (3, 17), (17, 41))


@pytest.mark.slow
@pytest.mark.parametrize("scaling", SCALES)
def test_scaling_is_part_of_the_graph(scaling, tmp_path):
    classifier = AttentionClassifier(Recurrent(hidden=4), scaling=scaling, **ONE_EPOCH).fit(waves(level=300.0))
    to_onnx(classifier, tmp_path / "model.onnx")
    series = waves(7, 30, level=300.0)
    assert same(OnnxModel(tmp_path / "model.onnx").predict_proba(series), classifier.predict_proba(series))


@pytest.mark.slow
def test_a_mixture_says_the_same(tmp_path):
    parts = (NETWORKS["dictionary"], CONVOLUTIONAL)
    classifier = AttentionClassifier(CONVOLUTIONAL, **ONE_EPOCH).fit(waves())
    classifier.network_ = Mixture(parts=parts)
    classifier.module_ = classifier._build(classifier.network_).eval()
    to_onnx(classifier, tmp_path / "model.onnx")
    assert_alike(classifier, tmp_path / "model.onnx", (1, 30), (17, 21))


@pytest.mark.slow
def test_a_regressor_says_the_same_in_the_unit_of_its_numbers(tmp_path):
    series = waves()
    regressor = AttentionRegressor(CONVOLUTIONAL, **ONE_EPOCH).fit(series, 1e4 + np.arange(40.0))
    to_onnx(regressor, tmp_path / "model.onnx")
    assert_alike(regressor, tmp_path / "model.onnx", (1, 30), (17, 21))


@pytest.mark.slow
def test_times_and_static_covariates_are_inputs(tmp_path):
    rng = np.random.default_rng(0)
    static = pd.DataFrame({"sex": ["f", "m"] * 20, "age": rng.normal(50, 10, 40)})
    times = rng.uniform(1, 9, (40, 30)).cumsum(1)
    series = SeriesSet.of(waves(), times=times, static=static)
    classifier = AttentionClassifier(NETWORKS["transformer"], **ONE_EPOCH).fit(series)
    to_onnx(classifier, tmp_path / "model.onnx")
    others = static.copy()
    others.loc[:2, "sex"], others.loc[3:5, "age"] = ["other", None, "m"], np.nan
    asked = SeriesSet.of(series, static=others[["age", "sex"]])
    found = OnnxModel(tmp_path / "model.onnx").explain(asked)
    assert same(found.prediction, classifier.predict_proba(asked))
    assert same(found.maps["static_evidence"], classifier.static_evidence(asked))


def table() -> pd.DataFrame:
    """Return two series with a covariate known up to now, and one known ahead that lacks some values."""
    rng = np.random.default_rng(0)
    more = np.full(3, np.nan)
    parts = [
        pd.DataFrame(
            {
                "unique_id": name,
                "ds": pd.date_range("2026", periods=103),
                "y": np.r_[level + np.sin(np.arange(100) / 2) + rng.normal(size=100) / 5, more],
                "past": np.r_[rng.normal(size=100), more],
                "known": np.where(np.arange(103) % 11 == 5, np.nan, 30 + rng.normal(size=103)),
            }
        )
        for name, level in (("a", 100.0), ("b", -5.0))
    ]
    return pd.concat(parts)


@pytest.mark.parametrize("name", slow_but("gru", among=FORECASTS))
def test_a_forecaster_says_the_same_with_its_limits(name, tmp_path):
    assert {*FORECASTERS, "linear"} == set(FORECASTS)
    forecaster = AttentionForecaster(3, FORECASTS[name], look_back=8, coverage=(0.5,), **ONE_EPOCH)
    forecaster.fit(table(), future=["known"], calendar=["week"], look_for_leaks=False)
    to_onnx(forecaster, tmp_path / "model.onnx")
    model, forecast = OnnxModel(tmp_path / "model.onnx"), forecaster.forecast()
    assert model.told_["rows"] == ["y", "past", "known", *(f"(calendar {number})" for number in range(4))]
    rows = forecaster.scale_.features(forecaster.context_, np.array([[0.0, 1.0]] * 2), 3)
    every = np.stack(rows)[..., -11:]
    unit, mean = forecaster.scale_.covariate_deviation[:, None], forecaster.scale_.covariate_mean[:, None]
    every[:, 1:3] = every[:, 1:3] * unit + mean  # as it was measured
    inputs = {"series": every[..., :8], "owner": [0, 1], "ahead": every[:, 2:, 8:]}
    found = model.run(inputs)
    assert same(found["prediction"], forecast.values)
    assert same(found["low"][:, 0], forecast.low[0])
    assert same(found["high"][:, 0], forecast.high[0])


@pytest.mark.parametrize("name", slow_but(among=RECONSTRUCTORS))
def test_an_autoencoder_says_the_same_for_the_same_draws(name, tmp_path):
    time = np.arange(200)
    series = np.stack([np.sin(time / 3), 40 + 3 * np.cos(time / 3)], 1)
    detector = AttentionDetector(AUTOENCODERS[name], window=24, alarm_rate=100, **ONE_EPOCH).fit(series)
    to_onnx(detector, tmp_path / "model.onnx")
    window = series[50:74].T.astype(np.float32).copy()
    window[:, 20:22] = np.nan
    found = OnnxModel(tmp_path / "model.onnx").run({"series": window[None]})
    scaled = detector.scale_.transform(window.astype(np.float64))[None]
    present = torch.from_numpy(~np.isnan(scaled))
    energies = detector._scorer.ask(torch.from_numpy(np.nan_to_num(scaled)).float(), present)[..., 0]
    assert same(-found["log_probability"].transpose(0, 2, 1), energies[..., :2])
    if "code_distance" in found:  # a difference of codes, which are rounded by their own size
        size = float(detector._scorer.codes.abs().max())
        assert np.allclose(found["code_distance"], energies[:, 0, 2], rtol=0, atol=1e-5 * size)
