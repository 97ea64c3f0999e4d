"""What the service answers is what the models say, to whoever asks alone or with others."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from attime import AttentionDetector, AttentionForecaster, explain
from attime.service import Limits, make_app

pytestmark = pytest.mark.filterwarnings("ignore::attime.errors.DataWarning")  # of series shorter than in fit


def with_gaps(array: np.ndarray) -> list:
    """Return nested lists as they stand in JSON."""
    return np.where(np.isnan(array), None, array.astype(object)).tolist()


@pytest.fixture
def gappy(series):
    values = series[:5].astype(np.float64)
    values[:, :, 10:15] = np.nan
    return values


def test_predictions_are_those_of_the_classifier(asked, models, gappy):
    told = asked("/predict", model="shapes", series=with_gaps(gappy))["predictions"]
    assert [one["prediction"] for one in told] == models["shapes"].predict(gappy).tolist()
    told = [list(one["probabilities"].values()) for one in told]
    np.testing.assert_allclose(told, models["shapes"].predict_proba(gappy), atol=1e-6)


def test_numbers_are_those_of_the_regressor(asked, models, gappy):
    told = asked("/predict", model="height", series=with_gaps(gappy))["predictions"]
    np.testing.assert_allclose([one["prediction"] for one in told], models["height"].predict(gappy), rtol=1e-6)


@pytest.mark.parametrize("method", ["evidence", "attention", "occlusion"])
def test_explanations_are_those_of_the_library(asked, models, gappy, method):
    found = explain(models["shapes"], gappy, method=method, target="saw")
    told = asked("/explain", model="shapes", series=with_gaps(gappy), method=method, target="saw")
    assert told["faithfulness_asked"] is False
    np.testing.assert_allclose([one["relevance"] for one in told["explanations"]], found.relevance, atol=1e-5)
    attention = [one["attention"] for one in told["explanations"]]
    np.testing.assert_allclose(attention, models["shapes"].attention(gappy), atol=1e-6)
    assert all(one["target"] == "saw" for one in told["explanations"])


def test_an_explanation_can_be_measured(asked, series):
    told = asked("/explain", model="shapes", series=series[:2].tolist(), faithfulness=True)
    assert told["faithfulness_asked"] is True
    assert told["faithfulness"]["random"] is not None
    assert told["faithfulness"]["verdict"]


def test_forecasts_are_those_of_the_forecaster(asked, models):
    past = np.cos(np.arange(60) / 4)
    told = asked("/forecast", model="wave", series=[past.tolist(), (3 * past).tolist()], horizon=4)
    found = models["wave"].forecast([past, 3 * past], horizon=4)
    np.testing.assert_allclose([one["values"] for one in told["forecasts"]], found.values)
    np.testing.assert_allclose([one["low"] for one in told["forecasts"]], found.low.swapaxes(0, 1))
    np.testing.assert_allclose([one["look"] for one in told["forecasts"]], found.look(), atol=1e-6)


@pytest.mark.parametrize("name", ["wave", "priced"])  # the one with covariates can do nothing else
def test_a_forecaster_goes_on_where_fit_ended(asked, models, name):
    told = asked("/forecast", model=name)["forecasts"][0]
    np.testing.assert_allclose(told["values"], models[name].forecast().values[0])


@pytest.mark.parametrize(("unit", "start"), [("s", ""), ("ms", ".250"), ("us", ".000250"), ("ns", ".000000250")])
def test_times_are_told_in_full(ask_app, unit, start):
    stamps = np.datetime64(f"2024-01-01T00:00:00{start}", "ns") + np.arange(60) * np.timedelta64(1, "s")
    forecaster = AttentionForecaster(2, "linear").fit(pd.DataFrame({"ds": stamps, "y": np.sin(np.arange(60))}))
    told = ask_app(make_app({"wave": forecaster})).post("/forecast", json={"model": "wave"}).json()["forecasts"][0]
    found = forecaster.forecast()
    assert told["times"] == found.stamps[0].astype(f"datetime64[{unit}]").astype(str).tolist()
    assert (np.array(told["past_times"], "datetime64[ns]") == found.past_stamps[0]).all()


def test_a_threshold_that_no_score_can_reach_is_none(ask_app, models):
    detector = AttentionDetector(alarm_rate=1e-6, random_state=0).fit(np.sin(np.arange(300) / 4))
    assert np.isinf(detector.threshold_)
    client = ask_app(make_app({"calm": detector}))
    told = client.post("/detect", json={"model": "calm", "series": [[0.5] * 100]}).json()["detections"][0]
    assert told["threshold"] is None
    kinds = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"type": "null"} in kinds["Detected"]["properties"]["threshold"]["anyOf"]


def test_detections_are_those_of_the_detector(asked, models):
    time = np.arange(120)
    watched = np.stack([np.sin(time / 4), np.cos(time / 4)])
    watched[:, 60:66] = 3.0
    told = asked("/detect", model="pump", series=[watched.tolist()])["detections"][0]
    found = models["pump"].explain(watched.T)
    np.testing.assert_allclose(told["scores"], found.detected.scores)
    np.testing.assert_allclose(told["expected"], found.expected.T)
    assert told["alarms"] == found.detected.alarms.tolist()
    assert any(one["start"] < 66 and one["end"] > 60 for one in told["events"])
    told = asked("/detect", model="pump", series=[watched.tolist()], expected=False)["detections"][0]
    assert told["expected"] is None


def test_a_list_of_numbers_is_a_series_of_one_channel(asked, series):
    flat = asked("/predict", model="shapes", series=series[:2, 0].tolist())
    assert flat == asked("/predict", model="shapes", series=series[:2].tolist())


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("/predict", {"model": "shapes"}),
        ("/explain", {"model": "shapes"}),
        ("/explain", {"model": "height", "method": "attention"}),
        ("/forecast", {"model": "wave"}),
    ],
)
def test_answers_are_the_same_alone_and_together(models, series, ask_app, path, question):
    requests = [("POST", path, {"json": {**question, "series": [one.tolist()]}}) for one in series[:12]]
    answers = []
    for batch, expected in ((1, 12), (64, 1)):
        client = ask_app(make_app(models, Limits(batch_ms=50, batch=batch)))
        answers.append([answer.json() for answer in client.all_at_once(requests)])
        assert batches_in(client.get("/metrics").text, question["model"]) == expected
    for one, other in zip(*answers, strict=True):
        np.testing.assert_allclose(list(numbers_in(one)), list(numbers_in(other)), rtol=1e-4, atol=1e-5)


def batches_in(counted: str, model: str) -> int:
    found = re.search(rf'attime_batch_series_count{{model="{model}"}} (\d+)', counted)
    assert found is not None
    return int(found[1])


def numbers_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int | float):
        yield float(value)


def test_one_request_that_fails_leaves_the_others_alone(models, series, ask_app, monkeypatch):
    real = type(models["shapes"]).predict_proba

    def fails_at_threes(self, X):
        if (X == 3.0).any():
            raise ValueError("three")
        return real(self, X)

    monkeypatch.setattr(type(models["shapes"]), "predict_proba", fails_at_threes)
    asked_of = (*series[:3], np.full_like(series[0], 3.0), *series[3:6])
    requests = [("POST", "/predict", {"json": {"model": "shapes", "series": [one.tolist()]}}) for one in asked_of]
    answers = ask_app(make_app(models, Limits(batch_ms=50))).all_at_once(requests)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 500, 200, 200, 200]


def test_examples_are_taken_by_their_models(client, asked, models):
    for name in models:
        found = client.get(f"/models/{name}/examples").json()
        path = client.get("/models").json()["models"][list(models).index(name)]["endpoints"][-1]
        assert found["examples"]
        asked(f"/{path}", model=name, **({} if name == "priced" else {"series": [found["examples"][0]["series"]]}))


def test_requests_are_counted_and_logged(client, caplog):
    with caplog.at_level("INFO", logger="attime.service"):
        answer = client.get("/health", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["X-Request-ID"] == "mine-1"
    told = next(record.told for record in caplog.records if record.getMessage() == "request")
    assert (told["path"], told["status"], told["request"]) == ("/health", 200, "mine-1")
    assert 'attime_requests_total{path="/health",status="200"}' in client.get("/metrics").text
